/** The typed REST client: every refusal becomes an `ApiProblem`, every silence an `Unreachable`. */
import createClient from "openapi-fetch";
import type { paths } from "./schema";

/** The server answered, and said no. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiProblem";
  }
}

/** No answer came: the server is down, the network is, or it took too long. */
export class Unreachable extends Error {
  constructor() {
    super("The trading service doesn't answer.");
    this.name = "Unreachable";
  }
}

const TIMEOUT_MS = 8_000;

async function fetchOrUnreachable(request: Request): Promise<Response> {
  try {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    return await fetch(request, { signal });
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw new Unreachable();
  }
}

export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
  credentials: "same-origin",
  fetch: fetchOrUnreachable,
});

interface ProblemBody {
  title?: string;
  code?: string;
  detail?: unknown;
}

/** Turn a response that is not 2xx into the problem it describes. */
export function problemOf(status: number, body: unknown): ApiProblem {
  const problem: ProblemBody = typeof body === "object" && body !== null ? body : {};
  const detail = typeof problem.detail === "string" ? problem.detail : undefined;
  const message = detail ?? problem.title ?? `The trading service answered ${status}.`;
  return new ApiProblem(status, problem.code ?? `http.${status}`, message);
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Return the data of an answer, or throw the problem it carries. */
export function unwrap<T>({ data, error, response }: Answer<T>): T {
  if (!response.ok) throw problemOf(response.status, error);
  return data as T;
}

/** Tell whether a failure means that the session is missing or over. */
export function isUnauthorized(failure: unknown): boolean {
  return failure instanceof ApiProblem && failure.status === 401;
}
