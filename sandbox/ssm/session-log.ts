// Where a cluster keeps what its sessions showed: a stream of the session's name, in the group that the cluster names or in
// that of the container itself. Sources: ECS developer guide, ecs-exec-logging; the reference agent.

import type { Logs } from '../world/logs.ts'
import type { Container } from './container.ts'

/** Lines after it are not kept; AWS keeps them all. */
const MOST_BYTES = 1_048_576

/** The reference agent's words. */
export const UNENCRYPTED =
  "We couldn't start the session because encryption is not set up on the selected CloudWatch Logs log group. Either encrypt the log group or choose an option to enable logging without encryption."

const configurationOf = ({ task }: Container) => task.cluster.configuration?.executeCommandConfiguration

/** No log group of this world is encrypted. */
export const isRefusedByLog = (container: Container): boolean =>
  configurationOf(container)?.logConfiguration?.cloudWatchEncryptionEnabled ?? false

const groupOf = (container: Container): string | undefined => {
  const { logging = 'DEFAULT', logConfiguration } = configurationOf(container) ?? {}
  if (logging === 'NONE') return undefined
  if (logging === 'OVERRIDE') return logConfiguration?.cloudWatchLogGroupName
  return container.definition.logConfiguration?.options?.['awslogs-group']
}

export type SessionLog = {
  readonly add: (bytes: Uint8Array) => void
  /** Writes it, as the agent does at the end. */
  readonly close: () => void
}

/** Nothing is kept of an image without `script` and `cat`. */
export const createSessionLog = (
  logs: Logs,
  container: Container,
  sessionId: string,
  hasShell: boolean,
): SessionLog => {
  const kept: Uint8Array[] = []
  let size = 0
  return {
    add: bytes => {
      size += bytes.length
      if (size <= MOST_BYTES) kept.push(bytes)
    },
    close: () => {
      const name = groupOf(container)
      if (name === undefined || !hasShell) return
      const { account, region } = container.task.cluster
      const place = { account, region }
      const group = logs.find(place, name) ?? logs.create(place, name)
      for (const line of Buffer.concat(kept).toString('utf8').split(/\r?\n/))
        if (line !== '') logs.append(group, sessionId, line)
    },
  }
}
