/** What the server asks of a password, said before it is sent. */
export const SHORTEST_PASSWORD = 8;

export const PASSWORD_HELP = `At least ${SHORTEST_PASSWORD} characters.`;

/** What is wrong with a new password, beside its field; null: nothing. */
export function passwordProblem(password: string): string | null {
  return password.length < SHORTEST_PASSWORD ? `This is shorter than ${SHORTEST_PASSWORD} characters.` : null;
}
