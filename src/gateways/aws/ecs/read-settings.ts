// Reads the settings of a task definition, which are compared with those of another task definition. For values that may be
// secret, such as the environment, this file returns only a digest.
import { createHash } from 'node:crypto'
import type { ContainerDefinition, TaskDefinition as EcsTaskDefinition } from '@aws-sdk/client-ecs'
import { canonicalJson, type Json } from '../../../model/json.ts'
import type { DefinitionSetting } from '../../../model/service-detail.ts'

/** The fields that are not settings, or that other code reads: facts of the registration, such as ARN and revision. */
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

/** The settings whose values are shown. They contain only names and numbers. */
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

/** Whether a setting is absent. ECS returns an empty list for an absent setting. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

/** The text of a value. A role ARN keeps its account, because a role of the same name in another account is another role. */
const shownValue = (value: unknown): string => String(value).replace(/^arn:[\w-]+:iam::(?=\d+:role\/)/, '')

/** The words of a field name: `taskRoleArn` becomes `task role`. */
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
