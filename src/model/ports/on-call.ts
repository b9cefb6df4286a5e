// The port to a provider of on-call schedules.

/** Which schedules and escalation policies to ask, by their ids. */
export type OnCallQuery = { readonly schedules: readonly string[]; readonly policies: readonly string[] }

/** A person on call, as the provider knows them. */
export type OnCallPerson = { readonly name: string; readonly email: string }

/** Who is on call now. Throws a RemoteError where the provider does not answer, or its answer cannot be read. */
export type AskOnCall = (query: OnCallQuery) => Promise<readonly OnCallPerson[]>
