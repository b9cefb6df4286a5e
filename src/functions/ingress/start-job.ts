// Converts a line to a job and dispatches it. Answers immediately with help, with usage errors, and if the dispatch
// fails.
import { hash } from 'node:crypto'
import type { Declaration } from '../../kit/language/declaration.ts'
import { type Invocation, parseText, printInvocation } from '../../kit/language/invocation.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import type { Actor, Place } from '../../model/ecs.ts'
import { isProblem, LOST, RemoteError } from '../../model/errors.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import type { Mention } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { stepAfter } from '../../model/slack-error.ts'
import { renderHelp, renderMisuse } from './render-help.ts'

export type Asked = {
  /** The id of the request. It is equal for repeated deliveries of one Slack request. */
  readonly id: string
  readonly actor: Actor
  readonly place: Place
  readonly responseUrl?: string
  readonly mention?: Mention
}

/** Starts the command of a line. Returns a message if there is an immediate answer. */
export type Start = (line: string, asked: Asked) => Promise<Rendered | undefined>

export const createStart =
  (declarations: readonly Declaration[], dispatch: Dispatch): Start =>
  async (line, asked) => {
    const invocation = parseText(line, declarations)
    if (isProblem(invocation)) return renderMisuse(invocation, declarations)
    const declaration = declarations.find(({ name }) => name === invocation.command)
    if (declaration === undefined || declaration.kind === 'help') return renderHelp(helpTopic(invocation), declarations)
    const { id, ...who } = asked
    const send = {
      query: () => dispatch.query({ kind: 'query', id, line, ...who }),
      setting: () => dispatch.decision({ kind: 'setting', id, line, ...who }),
      mutation: () => dispatch.operation({ kind: 'operation', id, line, ...who }).catch(ignoreStarted),
    }
    return attempt(send[declaration.kind])
  }

/**
 * An operation of this id was started with another payload: the name of its requester, blanks in its line, or the time of
 * an edit differ. The id names the request, so it has started.
 */
const ignoreStarted = (error: unknown): void => {
  if (!(error instanceof RemoteError && error.code === 'DurableExecutionAlreadyStartedException')) throw error
}

/** The line without what does not change its meaning: blanks, quotes, the order of options. */
export const sameLine = (line: string, declarations: readonly Declaration[]): string => {
  const invocation = parseText(line, declarations)
  return isProblem(invocation) ? line.replace(/\s+/g, ' ') : printInvocation(invocation, declarations)
}

const helpTopic = ({ values }: Invocation): string | undefined =>
  typeof values['command'] === 'string' ? values['command'] : undefined

/** Dispatches a job. Returns a message if that failed, or if it is unknown whether it succeeded. */
export const attempt = async (send: () => Promise<void>): Promise<Rendered | undefined> => {
  try {
    await send()
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${JSON.stringify({ level: 'error', where: 'dispatch', error: message })}\n`)
    const original = message.slice(0, 200).replace(/[*`]/g, '')
    return error instanceof RemoteError && error.code === LOST
      ? renderRefusal({
          text: `This request may or may not have started (${original}).`,
          hint: 'Wait for its card before you request it again.',
        })
      : renderRefusal({
          text: `Request failed; nothing was changed: ${original}.`,
          hint: nextStep(error),
        })
  }
}

const nextStep = (error: unknown): string =>
  (error instanceof RemoteError && !error.passing ? stepAfter(error) : undefined) ?? 'Try again in a moment.'

/** A hash of the parts as an id. It matches `[a-zA-Z0-9-_]{1,64}`, as the names of durable executions must. */
export const identity = (...parts: readonly string[]): string => hash('sha256', parts.join('\n')).slice(0, 40)
