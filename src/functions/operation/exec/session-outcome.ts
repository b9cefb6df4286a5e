// The outcome of a command's session, and the possible causes if a session could not be started.

import type { Outcome } from '../../../engine/change/outcome.ts'
import type { RunResult } from '../../../kit/session/run.ts'
import type { Offer, RemoteError } from '../../../model/errors.ts'
import type { StopReason } from './stop.ts'

export const possiblyOpen = (text: string): Outcome => ({
  status: 'unknown',
  text: `${text} Its session may still be open and the command still running: \`/ecs exec sessions\` lists it.`,
  offers: [OPEN_SESSIONS],
})

export const OPEN_SESSIONS: Offer = { label: 'Open Sessions', invocation: 'exec sessions' }

export const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded)/

/**
 * The possible causes of an error, because ECS gives no reason. Source: ECS developer guide, ECS Exec troubleshooting;
 * AWS's exec checker.
 */
export const causesOf = ({ code, message }: RemoteError): readonly string[] => {
  if (code === 'TargetNotConnectedException')
    return [
      'The SSM agent in the container is not connected, or already has two sessions, its maximum.',
      'The task role needs ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel.',
      'The task must reach ssmmessages: outbound port 443, or its interface endpoint.',
      'AWS keys in the container’s environment override the task role.',
    ]
  return /execute command was not enabled/.test(message) ? ['The SSM agent has stopped, or has not started yet.'] : []
}

/** A person's Stop is no failure; a halt and a time limit are. */
export const stoppedBy = ({ text, isByPerson }: StopReason): Outcome => ({
  status: 'failed',
  text,
  details: [LIVES_ON],
  ...(isByPerson && { isStopped: true }),
})

/** The agent kills the program that it started, and closes its terminal, which hangs up on the others. Seen in agent 3.3. */
const LIVES_ON = 'What it started may go on, if it ignores the hang-up.'

export const outcomeOf = (
  { status, end }: RunResult,
  {
    isWrapped,
    isLeft,
    why,
  }: { readonly isWrapped: boolean; readonly isLeft: boolean; readonly why: StopReason | undefined },
): Outcome => {
  if (why !== undefined) return isLeft ? possiblyOpen(why.text) : stoppedBy(why)
  if (end.kind === 'closed' && end.reason !== '') return { status: 'failed', text: agentText(end.reason) }
  if (status !== undefined)
    return status === 0
      ? { status: 'done', text: 'It ended with status 0.' }
      : { status: 'failed', text: `It ended with status ${status}.` }
  if (end.kind === 'closed' && !isWrapped)
    return { status: 'done', text: 'It ended. This image has no shell, so its exit status is unknown.' }
  if (end.kind === 'closed')
    return {
      status: 'unknown',
      text: 'It was started; its outcome is unknown: the session closed without an exit status.',
    }
  const text = `It was started; its outcome is unknown: ${end.reason}.`
  return isLeft ? possiblyOpen(text) : { status: 'unknown', text }
}

/** Removes the dashes around a message of the agent. */
const agentText = (reason: string): string =>
  reason
    .replace(/^-+$|^-+\s*ERROR\s*-*/gm, '')
    .trim()
    .slice(0, 500)
