/** The pieces that the API's routes are described with, in the shape openapi-fetch reads. */

interface Json<T> {
  content: { 'application/json': T };
  headers: { [name: string]: unknown };
}

export interface Get<Params, Result> {
  parameters: Params;
  requestBody?: never;
  responses: { 200: Json<Result> };
}

export interface Operation<Params, Body, Result> {
  parameters: Params;
  requestBody: { content: { 'application/json': Body } };
  responses: { 200: Json<Result> };
}

export type ById = { path: { id: string } };
export type Nothing = Record<string, never>;
