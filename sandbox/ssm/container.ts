// A container as its exec agent sees it: its environment, its files, and whether it has a shell.

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
  /** The name of the container in Session Manager: `ecs:cluster_task_runtime`. */
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

/** Whether the image has a shell. This depends on the image's name. */
export const hasShell = ({ definition }: Container): boolean => !SHELL_LESS.test(definition.image ?? '')

/** The environment variables of the task definition and of ECS, without those of this machine. */
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

/** Creates a folder for each session. It is removed with the session, or when the sandbox stops. */
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
