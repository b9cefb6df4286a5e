// The operations that list, resume and terminate sessions of Session Manager. Sources: SSM API reference; the reference
// client.

import type {
  DescribeSessionsRequest,
  ResumeSessionRequest,
  SessionFilter,
  TerminateSessionRequest,
} from '@aws-sdk/client-ssm'
import type { Exec } from '../../../ssm/exec.ts'
import { isOver, type Session, statusOf } from '../../../ssm/sessions.ts'
import { AwsError, type Call, type Operation } from '../../wire/service.ts'

const MOST = 200
/** How long ended sessions are listed, in milliseconds: 30 days. */
const KEPT = 30 * 86_400_000
const DOCUMENT = 'AmazonECS-ExecuteInteractiveCommand'

const isHere = ({ account, region }: Session, { caller, region: asked }: Call): boolean =>
  account === caller.account && region === asked

const find = (exec: Exec, id: string, call: Call): Session | undefined => {
  const session = exec.sessions.find(id)
  return session && isHere(session, call) ? session : undefined
}

const view = (session: Session) => ({
  SessionId: session.id,
  Target: session.container.target,
  Status: statusOf(session),
  StartDate: new Date(session.startedAt),
  ...(session.endedAt !== undefined && { EndDate: new Date(session.endedAt) }),
  DocumentName: DOCUMENT,
  Owner: session.owner,
  AccessType: 'Standard',
})

const matches = (session: Session, { key, value = '' }: SessionFilter): boolean => {
  switch (key) {
    case 'InvokedAfter':
      return session.startedAt >= Date.parse(value)
    case 'InvokedBefore':
      return session.startedAt < Date.parse(value)
    case 'Target':
      return session.container.target === value
    case 'Owner':
      return session.owner === value
    case 'Status':
      return statusOf(session) === value
    case 'SessionId':
      return session.id === value
    case 'AccessType':
      return value === 'Standard'
    default:
      throw new AwsError('InvalidFilterKey', `${key} is not a valid filter key.`)
  }
}

const describe = (exec: Exec, input: DescribeSessionsRequest, call: Call, now: number) => {
  const { State, Filters = [], MaxResults = MOST, NextToken } = input
  const found = exec.sessions
    .list()
    .filter(session => isHere(session, call) && isOver(session) === (State === 'History'))
    .filter(session => session.startedAt > now - KEPT && Filters.every(filter => matches(session, filter)))
    .sort((a, b) => b.startedAt - a.startedAt)
  const start = NextToken === undefined ? 0 : found.findIndex(({ id }) => tokenOf(id) === NextToken)
  if (start < 0) throw new AwsError('InvalidNextToken', 'The specified token is not valid.')
  const next = found[start + MaxResults]
  return {
    Sessions: found.slice(start, start + MaxResults).map(view),
    ...(next && { NextToken: tokenOf(next.id) }),
  }
}

const tokenOf = (id: string): string => Buffer.from(`after:${id}`).toString('base64')

/**
 * ResumeSession. For an ended session the answer has no token, which the reference client reads as the end of the
 * session.
 */
const resume = (exec: Exec, { SessionId = '' }: ResumeSessionRequest, call: Call) => {
  const session = find(exec, SessionId, call)
  if (!session) throw new AwsError('DoesNotExistException', `Session ${SessionId} does not exist.`)
  if (isOver(session)) return { SessionId }
  return { SessionId, TokenValue: exec.sessions.issueToken(session), StreamUrl: session.streamUrl }
}

/** TerminateSession. The API has no error for a missing session. */
const terminate = (exec: Exec, { SessionId = '' }: TerminateSessionRequest, call: Call) => {
  const session = find(exec, SessionId, call)
  if (session) exec.terminate(session)
  return { SessionId }
}

export const sessionOperations = (exec: Exec, now: () => number) =>
  ({
    DescribeSessions: (input: DescribeSessionsRequest, call) => describe(exec, input, call, now()),
    ResumeSession: (input: ResumeSessionRequest, call) => resume(exec, input, call),
    TerminateSession: (input: TerminateSessionRequest, call) => terminate(exec, input, call),
  }) satisfies Record<string, Operation>
