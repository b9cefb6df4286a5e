// Closes problems whose services have been steady for a while.

import { logError } from '../../../engine/jobs/log-error.ts'
import { SYSTEM } from '../../../engine/rules/asker.ts'
import { type Notice, noticesOf, refOfArn } from '../../../features/incidents/problems/notice.ts'
import { close, type Problem } from '../../../features/incidents/problems/problem.ts'
import type { Service } from '../../../model/ecs.ts'
import { type Board, openProblems, saveProblem, type TellerPorts } from './board.ts'

/** A problem without a sign for so long may be over. */
const QUIET_MS = 10 * 60_000
/** The services of a problem that are read: those with the newest signs. */
const MOST_READ = 10
const DAY_MS = 86_400_000

export const isSteady = ({ status, running, desired, pending, deployments }: Service): boolean =>
  status !== 'ACTIVE' ||
  (running >= desired &&
    pending === 0 &&
    deployments.every(
      ({ status: state, rolloutState = 'COMPLETED' }) => state !== 'PRIMARY' || rolloutState === 'COMPLETED',
    ))

export const closeProblems = async (board: Board, ports: TellerPorts): Promise<void> => {
  const now = ports.now()
  for (const problem of openProblems(board)) {
    try {
      const closed = await closedOf(problem, board, ports, now)
      if (closed !== undefined) await saveProblem(closed, board, ports)
    } catch (error) {
      logError('closing a problem', problem.id, error)
    }
  }
}

const closedOf = async (
  problem: Problem,
  { config }: Board,
  ports: TellerPorts,
  now: string,
): Promise<Problem | undefined> => {
  const age = Date.parse(now) - Date.parse(problem.last)
  if (problem.cause.kind === 'alarm') return undefined
  // AWS repeats retirements; the date has passed by then.
  if (problem.cause.kind === 'retirement') return age > 21 * DAY_MS ? close(problem, now) : undefined
  if (age < QUIET_MS) return undefined
  const arns = Object.entries(problem.parts)
    .toSorted(([, a], [, b]) => (a.last < b.last ? 1 : -1))
    .slice(0, MOST_READ)
    .map(([arn]) => arn)
  const refs = arns.flatMap(arn => refOfArn(arn, config.accounts) ?? [])
  const read = ports.readers(config, SYSTEM, 'schedule')
  const services = await Promise.all(refs.map(ref => read.service(ref)))
  const there = services.flatMap(service => (service === undefined || service.status !== 'ACTIVE' ? [] : [service]))
  if (there.length === 0) return close(problem, now, problem.last, 'the service is gone')
  if (!there.every(isSteady)) return undefined
  if (there.every(({ desired }) => desired === 0)) return close(problem, now, problem.last, 'scaled to 0')
  return close(problem, now, await steadySince(problem, arns[0] ?? '', ports))
}

/** When ECS said, after the last sign, that the service is steady. */
const steadySince = async ({ last }: Problem, arn: string, { store }: TellerPorts): Promise<string> => {
  const notices = await store.list<Notice>(noticesOf(arn), { from: last.slice(0, 16) })
  return notices.find(({ value }) => value.name === 'steady' && value.at > last)?.value.at ?? last
}
