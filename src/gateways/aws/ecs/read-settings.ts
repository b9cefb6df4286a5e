// Reads the settings of a task definition for comparing it with another one. Of values that may be secret, such as the
// environment, only a digest leaves this file.
import { createHash } from 'node:crypto'
import type { ContainerDefinition, TaskDefinition as EcsTaskDefinition } from '@aws-sdk/client-ecs'
import { canonicalJson, type Json } from '../../../model/json.ts'
import type { DefinitionSetting } from '../../../model/service-detail.ts'

/** Facts of the registration, and what is read elsewhere. */
const NO_SETTINGS: ReadonlySet<string> = new Set([
  'taskDefinitionArn',
  'family',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'containerDefinitions',
])
const READ_APART: ReadonlySet<string> = new Set(['name', 'image', 'environment', 'secrets'])

/** Settings that are shown with their values; they hold names and numbers. */
const SHOWN: ReadonlySet<string> = new Set([
  'taskRoleArn',
  'executionRoleArn',
  'cpu',
  'memory',
  'memoryReservation',
  'networkMode',
  'pidMode',
  'ipcMode',
  'user',
  'privileged',
  'essential',
  'readonlyRootFilesystem',
])

export const readSettings = (definition: EcsTaskDefinition): readonly DefinitionSetting[] => [
  ...settingsIn(definition, NO_SETTINGS),
  ...(definition.containerDefinitions ?? []).flatMap(container =>
    [...settingsIn(container, READ_APART), ...variablesOf(container)].map(setting => ({
      container: container.name ?? '',
      ...setting,
    })),
  ),
]

const settingsIn = (from: object, left: ReadonlySet<string>): readonly DefinitionSetting[] =>
  Object.entries(from)
    .filter(([key, value]) => !left.has(key) && !isEmpty(value))
    .map(([key, value]) =>
      SHOWN.has(key) ? { what: wordsOf(key), value: shownValue(value) } : hidden(wordsOf(key), value),
    )

/** ECS returns empty lists for settings that are absent. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

/** Roles with their account: another account's role of the same name is another role. */
const shownValue = (value: unknown): string => String(value).replace(/^arn:[\w-]+:iam::(?=\d+:role\/)/, '')

/** `taskRoleArn` as `task role`. */
export const wordsOf = (key: string): string =>
  key
    .replace(/Arn$/, '')
    .replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
    .trim()

const variablesOf = ({ environment = [], secrets = [] }: ContainerDefinition): readonly DefinitionSetting[] => [
  ...environment.map(({ name = '', value }) => hidden(`variable ${name}`, value ?? '')),
  ...secrets.map(({ name = '', valueFrom }) => hidden(`secret ${name}`, valueFrom ?? '')),
]

export const hidden = (what: string, value: unknown): DefinitionSetting => ({
  what,
  value: createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(value)) as Json))
    .digest('hex'),
  isHidden: true,
})
