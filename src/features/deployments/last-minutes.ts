// Pure: how long the last successful deployment took.

import type { DeploymentRecord } from '../../model/service-detail.ts'

/** In minutes, rounded up; undefined without one. */
export const minutesOfLast = (records: readonly DeploymentRecord[]): number | undefined => {
  const last = records.find(({ status, finishedAt }) => status === 'SUCCESSFUL' && finishedAt !== undefined)
  if (last?.finishedAt === undefined) return undefined
  return Math.max(1, Math.ceil((Date.parse(last.finishedAt) - Date.parse(last.startedAt ?? last.createdAt)) / 60_000))
}
