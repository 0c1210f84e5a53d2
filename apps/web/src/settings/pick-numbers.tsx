import { Button, Checkbox, Group, Loader, Modal, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconPhone } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/calls.ts';
import { sentence } from '../api/errors.ts';
import type { AvailableNumber, CarrierAccount, CheckStep } from '../api/types.ts';
import { phone } from '../format/phone.ts';
import { Chip } from '../ui/chip.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { numbersChanged } from './accounts-query.ts';
import { CARRIERS } from './carrier-words.ts';
import classes from './pick-numbers.module.css';

interface Props {
  account: Pick<CarrierAccount, 'id' | 'name' | 'carrier'>;
  onClose: () => void;
}

/**
 * What became of one number: connected (perhaps with a warning, perhaps waiting for the first text to show that it works), or
 * refused.
 */
type Outcome = { ok: true; id: string; problem: string | null; waiting: boolean } | { ok: false; problem: string };

/** How often it is looked whether a text came, in milliseconds. */
const LOOK_EVERY_MS = 3_000;

/** Shows what the carrier's account has, and connects what is ticked, one number after the other. */
export function PickNumbers({ account, onClose }: Props) {
  const queries = useQueryClient();
  const words = CARRIERS[account.carrier];
  const available = useQuery({
    queryKey: ['available-numbers', account.id],
    queryFn: () => api.availableNumbers(account.id),
    // Asked anew each time: numbers are rented and given up at the carrier.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const [names, setNames] = useState<Record<string, string>>({});
  const [outcomes, setOutcomes] = useState<Record<string, Outcome>>({});
  const [busy, setBusy] = useState<string | null>(null);
  const waiting = Object.keys(names).filter((e164) => !outcomes[e164]?.ok);
  const connect = useMutation({
    mutationFn: async () => {
      for (const e164 of waiting) {
        setBusy(e164);
        const outcome = await connectOne(account, e164, names[e164]?.trim() || phone(e164));
        setOutcomes((before) => ({ ...before, [e164]: outcome }));
      }
    },
    onSettled: () => {
      setBusy(null);
      void numbersChanged(queries);
    },
  });
  const waitingFor = Object.entries(outcomes).flatMap(([e164, outcome]) =>
    outcome.ok && outcome.waiting ? [{ e164, id: outcome.id }] : [],
  );
  useQuery({
    queryKey: ['first-texts', waitingFor],
    queryFn: async () => {
      for (const { e164, id } of waitingFor) {
        const { steps } = await api.checkNumber(id);
        const state = stateOf(account, steps);
        if (state.waiting) continue;
        setOutcomes((before) => ({ ...before, [e164]: { ok: true, id, ...state } }));
        void numbersChanged(queries);
      }
      return null;
    },
    enabled: waitingFor.length > 0,
    refetchInterval: LOOK_EVERY_MS,
    retry: false,
    gcTime: 0,
  });
  const items = available.data?.items ?? [];
  const done = Object.values(outcomes).some(({ ok }) => ok) && waiting.length === 0;

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Numbers of ${account.name ?? 'the account'}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {available.isPending && (
        <p className={classes.asking} role="status">
          <Loader size={16} /> Asking {words.name} for the numbers…
        </p>
      )}
      {available.isError && (
        <StateNote
          icon={<IconAlertTriangle size={20} stroke={1.7} />}
          tone="error"
          title={`${words.name} did not list the numbers`}
          action={{ label: 'Try again', onClick: () => void available.refetch(), loading: available.isFetching }}
        >
          {sentence(available.error)}
        </StateNote>
      )}
      {available.isSuccess && items.length === 0 && (
        <StateNote icon={<IconPhone size={20} stroke={1.7} />} title="This account has no number">
          Rent one in {words.place}, then come back here.
        </StateNote>
      )}
      {items.length > 0 && (
        <ul className={classes.list}>
          {items.map((number) => (
            <Row
              key={number.e164}
              number={number}
              name={names[number.e164]}
              outcome={outcomes[number.e164]}
              busy={busy === number.e164}
              disabled={connect.isPending}
              onName={(name) => setNames((before) => withName(before, number.e164, name))}
            />
          ))}
        </ul>
      )}
      <Group justify="flex-end" gap={8} mt={16}>
        <Button variant="default" onClick={onClose}>
          {done ? 'Done' : 'Close'}
        </Button>
        {items.length > 0 && !done && (
          <Button loading={connect.isPending} disabled={waiting.length === 0} onClick={() => connect.mutate()}>
            {waiting.length > 1 ? `Connect ${waiting.length} numbers` : 'Connect number'}
          </Button>
        )}
      </Group>
    </Modal>
  );
}

interface RowProps {
  number: AvailableNumber;
  /** Set when it is ticked. */
  name: string | undefined;
  outcome: Outcome | undefined;
  busy: boolean;
  disabled: boolean;
  onName: (name: string | null) => void;
}

function Row({ number, name, outcome, busy, disabled, onName }: RowProps) {
  const why = whyNot(number);
  const picked = name !== undefined;
  const label = phone(number.e164);
  return (
    <li className={classes.row}>
      <div className={classes.line}>
        <Checkbox
          label={label}
          description={why ?? (isNamed(number) ? number.name : undefined)}
          checked={picked || number.state === 'ours'}
          disabled={why !== null || disabled || outcome?.ok === true}
          onChange={(event) => onName(event.currentTarget.checked ? (isNamed(number) ? number.name : label) : null)}
        />
        {busy && <Chip icon={<Loader size={12} />}>Checking…</Chip>}
        {outcome?.ok && outcome.problem === null && (
          <Chip tone="green" icon={<IconCheck size={12} stroke={1.7} aria-hidden="true" />}>
            Connected
          </Chip>
        )}
        {outcome?.ok && outcome.waiting && <Chip icon={<Loader size={12} />}>Waiting for a text</Chip>}
        {outcome?.ok && outcome.problem !== null && !outcome.waiting && (
          <Chip tone="ochre" icon={<IconAlertTriangle size={12} stroke={1.7} aria-hidden="true" />}>
            Connected
          </Chip>
        )}
      </div>
      {picked && !outcome?.ok && (
        <TextInput
          className={classes.naming}
          label={`Name your team will see for ${label}`}
          maxLength={120}
          value={name}
          disabled={disabled}
          onChange={(event) => onName(event.currentTarget.value)}
        />
      )}
      {outcome?.problem && (
        <p className={classes.problem} role="alert" data-tone={toneOf(outcome)}>
          {outcome.ok && !outcome.waiting && 'Texts may not arrive yet. '}
          {outcome.ok && outcome.waiting
            ? `Connected. Now text ${label} from a phone: that shows that texts arrive here. You can also close this and do it later.`
            : outcome.problem}
        </p>
      )}
    </li>
  );
}

function toneOf(outcome: Outcome): 'red' | 'ochre' | undefined {
  if (!outcome.ok) return 'red';
  return outcome.waiting ? undefined : 'ochre';
}

function whyNot(number: AvailableNumber): string | null {
  if (number.state === 'ours') return 'Connected already';
  if (number.state === 'taken') return 'Connected to another team here';
  if (!number.capabilities.sms) return 'Cannot send or receive texts';
  return null;
}

/** Somebody gave it a name at the carrier, which calls others by their digits. */
function isNamed(number: AvailableNumber): boolean {
  return /[a-z]/i.test(number.name);
}

function withName(names: Record<string, string>, e164: string, name: string | null): Record<string, string> {
  const { [e164]: _before, ...others } = names;
  return name === null ? others : { ...names, [e164]: name };
}

async function connectOne(account: Props['account'], e164: string, name: string): Promise<Outcome> {
  try {
    const { id, steps } = await api.connectNumber(account.id, { e164, name });
    return { ok: true, id, ...stateOf(account, steps) };
  } catch (error) {
    return { ok: false, problem: sentence(error) };
  }
}

function stateOf({ carrier }: Props['account'], steps: CheckStep[]): { problem: string | null; waiting: boolean } {
  const failed = steps.find(({ ok }) => !ok);
  // Only Telnyx can sign as Telnyx does, so there a text is waited for.
  return { problem: failed?.words ?? null, waiting: carrier === 'telnyx' && failed?.step === 'arrives' };
}
