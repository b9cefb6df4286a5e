// The checkpoint tokens and client tokens of one execution. Each checkpoint exchanges its token for a new one. When a newer
// invocation starts, the tokens of older invocations are no longer valid.
import { randomBytes } from 'node:crypto'

/** How long a client token is remembered, in milliseconds (API reference of CheckpointDurableExecution). */
const REMEMBERED_MS = 15 * 60_000

/**
 * The status of a token. `spent`: a later token of the same invocation exists. `superseded`: a newer invocation has replaced the
 * invocation of the token.
 */
export type TokenStatus = 'current' | 'spent' | 'superseded' | 'unknown'

export type Tokens = ReturnType<typeof createTokens>

const newToken = (): string => randomBytes(96).toString('base64')

export const createTokens = () => {
  const invocationOf = new Map<string, number>()
  const answers = new Map<string, { readonly answer: object; readonly at: number }>()
  let current = ''
  let invocation = 0
  const issue = (): string => {
    current = newToken()
    invocationOf.set(current, invocation)
    return current
  }
  return {
    /** Issues the first token of a newer invocation. */
    begin: (): string => {
      invocation += 1
      return issue()
    },
    /** Issues the next token of the same invocation. */
    next: issue,
    statusOf: (token: string): TokenStatus => {
      if (token === current) return 'current'
      const of = invocationOf.get(token)
      if (of === undefined) return 'unknown'
      return of === invocation ? 'spent' : 'superseded'
    },
    remember: (clientToken: string | undefined, answer: object, at: number): void => {
      if (clientToken !== undefined) answers.set(clientToken, { answer, at })
    },
    /** The earlier answer to the same request, for a request that is repeated because its answer was lost. Undefined if none. */
    earlierAnswer: (clientToken: string | undefined, now: number): object | undefined => {
      const found = clientToken === undefined ? undefined : answers.get(clientToken)
      return found !== undefined && now - found.at < REMEMBERED_MS ? found.answer : undefined
    },
  }
}
