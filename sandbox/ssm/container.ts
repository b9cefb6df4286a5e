// A container as its exec agent sees it: environment, files, and whether it has a shell.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { Task } from '../world/state.ts'
import { containerDefinitionsOf, runtimeIdOf } from '../world/task-view.ts'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const SHELL_LESS = /distroless|envoy|service-connect|fluent-bit|scratch/

export type Container = {
  readonly task: Task
  readonly definition: ContainerDefinition
  readonly name: string
  readonly index: number
  /** Session Manager's name: `ecs:cluster_task_runtime`. */
  readonly target: string
}

export const containersOf = (task: Task): readonly Container[] =>
  containerDefinitionsOf(task).map((definition, index) => ({
    task,
    definition,
    name: definition.name ?? '',
    index,
    target: `ecs:${task.cluster.name}_${task.id}_${runtimeIdOf(task, index)}`,
  }))

/** Decided by the image name. */
export const hasShell = ({ definition }: Container): boolean => !SHELL_LESS.test(definition.image ?? '')

/** The variables of the task definition and of ECS; none of this machine's. */
export const environmentOf = ({ definition, task }: Container, home: string): Readonly<Record<string, string>> => ({
  PATH,
  HOME: home,
  HOSTNAME: `ip-10-0-0-${(task.id.charCodeAt(0) % 250) + 1}.ec2.internal`,
  AWS_REGION: task.cluster.region,
  AWS_DEFAULT_REGION: task.cluster.region,
  AWS_EXECUTION_ENV: `AWS_ECS_${task.launchType}`,
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${task.id}`,
  ECS_CONTAINER_METADATA_URI_V4: `http://169.254.170.2/v4/${task.id}`,
  ...Object.fromEntries((definition.environment ?? []).map(({ name = '', value = '' }) => [name, value])),
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
})

/** A folder for each session, removed with the session or with the world. */
export const createFolders = () => {
  let root: string | undefined
  const remove = (path: string) => rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  return {
    create: () => {
      root ??= mkdtempSync(join(tmpdir(), 'quarterdeck-exec-'))
      const path = mkdtempSync(join(root, 'container-'))
      return { path, remove: () => remove(path) }
    },
    stop: () => {
      if (root !== undefined) remove(root)
      root = undefined
    },
  }
}
