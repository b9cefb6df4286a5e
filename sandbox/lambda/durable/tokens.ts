// Checkpoint tokens and client tokens of one execution. Each invocation begins with a token of its own, each checkpoint takes
// the token it is given and hands out the next, and a newer invocation makes the tokens of the older ones stale.
import { randomBytes } from 'node:crypto'

/** How long a client token is remembered (API reference of CheckpointDurableExecution). */
const REMEMBERED_MS = 15 * 60_000

/** `spent`: a later token of the same invocation was handed out. `superseded`: a newer invocation has the execution. */
export type Standing = 'current' | 'spent' | 'superseded' | 'unknown'

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
    /** The first token of a newer invocation. */
    begin: (): string => {
      invocation += 1
      return issue()
    },
    /** The token after this one, of the same invocation. */
    next: issue,
    standing: (token: string): Standing => {
      if (token === current) return 'current'
      const of = invocationOf.get(token)
      if (of === undefined) return 'unknown'
      return of === invocation ? 'spent' : 'superseded'
    },
    remember: (clientToken: string | undefined, answer: object, at: number): void => {
      if (clientToken !== undefined) answers.set(clientToken, { answer, at })
    },
    /** The answer that was given to the same request before: a lost answer is given again. */
    remembered: (clientToken: string | undefined, now: number): object | undefined => {
      const found = clientToken === undefined ? undefined : answers.get(clientToken)
      return found !== undefined && now - found.at < REMEMBERED_MS ? found.answer : undefined
    },
  }
}
