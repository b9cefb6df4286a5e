// Renders the builder: a modal that builds a command line. Its fields come from the command's declaration.
import type { View } from '@slack/types'
import type { Declaration, Spec, Specs } from '../../kit/language/declaration.ts'
import { kinds } from '../../kit/language/grammar.ts'
import type { Place } from '../../model/ecs.ts'
import type { JsonObject } from '../../model/json.ts'

/** Field values, keyed by field name, as they would be typed in a command line. */
export type Fields = Readonly<Record<string, string>>

export const BUILDER = 'builder'
/** The block and action ids of the command menu. */
export const COMMAND = 'command'
export const CHOOSE_COMMAND = 'build:command'
/** The action id of service pickers. */
export const PICK_SERVICE = 'pick:service'
/** The action id of pickers for accounts, clusters and services. */
export const PICK_PLACE = 'pick:place'
export const PICK_COMMAND = 'pick:command'
/** The action id of all other fields. */
const FIELD = 'field'
/** The value of a checked flag. */
export const YES = 'yes'

type PlainText = { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
export type Option = { readonly text: PlainText; readonly value: string }

const plainText = (text: string, most: number): PlainText => ({
  type: 'plain_text',
  text: text.length <= most ? text : `${text.slice(0, most - 1)}…`,
  emoji: false,
})

const option = (text: string, value: string): Option => ({ text: plainText(text, 75), value })

/** Where a form was opened. `service`: the full name of the service of the card from which it was opened. */
export type Opened = Place & { readonly service?: string }

const SERVICE_KINDS: readonly Spec['kind'][] = ['service', 'set', 'place', 'scope', 'logs', 'about']

/** The service as the value of the argument that takes one. */
const serviceField = ({ args }: Declaration, service: string | undefined): Fields => {
  const name = Object.keys(args).find(one => SERVICE_KINDS.includes(args[one]?.kind ?? 'text'))
  return name === undefined || service === undefined ? {} : { [name]: service }
}

/**
 * Renders the modal. `command`: the chosen command. `values`: the initial field values. Slack keeps the input of a
 * field if its block id stays the same.
 */
export const renderBuilder = (
  declarations: readonly Declaration[],
  place: Opened,
  command?: string,
  values: Fields = {},
): View => {
  const declaration = declarations.find(({ name, kind }) => name === command && kind !== 'help')
  return {
    type: 'modal',
    callback_id: BUILDER,
    private_metadata: JSON.stringify(place),
    title: plainText('Operate ECS', 24),
    submit: plainText(declaration?.kind === 'mutation' ? 'Plan' : declaration === undefined ? 'Next' : 'Run', 24),
    close: plainText('Cancel', 24),
    blocks: [
      commandMenu(declarations, declaration),
      ...(declaration === undefined
        ? []
        : fieldsOf(declaration, { ...serviceField(declaration, place.service), ...values })),
    ],
  } as unknown as View
}

const GROUPS = { query: 'Read', mutation: 'Change', setting: 'Settings' } as const

const commandMenu = (declarations: readonly Declaration[], chosen: Declaration | undefined): JsonObject => ({
  type: 'input',
  block_id: COMMAND,
  dispatch_action: true,
  label: plainText('Command', 75),
  ...(chosen !== undefined && { hint: plainText(hintOf(chosen), 2_000) }),
  element: {
    type: 'static_select',
    action_id: CHOOSE_COMMAND,
    placeholder: plainText('What do you want to do?', 150),
    option_groups: Object.entries(GROUPS).map(([kind, label]) => ({
      label: plainText(label, 75),
      options: declarations.filter(one => one.kind === kind).map(commandOption),
    })),
    ...(chosen !== undefined && { initial_option: commandOption(chosen) }),
  },
})

const commandOption = ({ name, summary }: Declaration): Option => option(`${name}: ${summary}`, name)

const hintOf = ({ kind, summary }: Declaration): string =>
  kind === 'mutation'
    ? `${summary}. It is planned first; nothing changes before the required approvals.`
    : `${summary}.`

/** The options that have a field. */
export const fieldOptions = (options: Specs): readonly (readonly [string, Spec])[] =>
  Object.entries(options).filter(([, { hidden }]) => hidden !== true)

const fieldsOf = ({ args, options }: Declaration, values: Fields): readonly JsonObject[] => [
  ...Object.entries(args).flatMap(([name, spec]) => [
    ...(spec.kind === 'shell' ? [knownCommand()] : []),
    field(name, spec, spec.optional === true, values[name]),
  ]),
  ...fieldOptions(options).map(([name, spec]) => field(name, spec, true, values[name])),
]

/** The field that offers the configured commands, next to the field for a shell command. */
export const CONFIGURED = 'known-command'

const knownCommand = (): JsonObject => ({
  type: 'input',
  block_id: CONFIGURED,
  optional: true,
  label: plainText('Configured command', 75),
  element: {
    type: 'external_select',
    action_id: PICK_COMMAND,
    min_query_length: 0,
    placeholder: plainText('Choose a command', 150),
  },
})

const field = (name: string, spec: Spec, isOptional: boolean, value: string | undefined): JsonObject => ({
  type: 'input',
  block_id: name,
  optional: isOptional,
  label: plainText(labelOf(name), 75),
  ...(spec.kind !== 'flag' && { hint: plainText(fieldHint(spec), 2_000) }),
  element: element(name, spec, value),
})

const labelOf = (name: string): string => {
  const words = name.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The hint of a field: the one in the declaration, or an example of the value. */
const fieldHint = ({ kind, hint }: Spec): string => {
  if (kind === 'service' || kind === 'set') return 'A service: start typing its name.'
  if (isPlace(kind)) return 'An account, a cluster or a service: start typing its name.'
  const { help, example } = kinds[kind]
  return sentence(hint ?? help ?? `For example ${inForm(example)}`)
}

/** Removes markup and quotes from a text, because forms show no markup and their values need no quotes. */
const inForm = (text: string): string => text.replace(/[`"]/g, '')

const sentence = (text: string): string => inForm(`${text.charAt(0).toUpperCase()}${text.slice(1)}`)

/** The longest text of a field. Slack allows 3,000 characters; the longest word is the name of a target. */
const MAX_WORD = 600
/** The longest value of a picker option in Slack, in characters. A longer value is not filled in. */
const MAX_VALUE = 150

export const isPlace = (kind: Spec['kind']): boolean => kind === 'scope' || kind === 'place'

const element = (name: string, { kind, hint }: Spec, value: string | undefined): JsonObject => {
  const { choices, example } = kinds[kind]
  const action = { action_id: FIELD }
  if (kind === 'service' || kind === 'set' || isPlace(kind))
    return {
      type: 'external_select',
      action_id: isPlace(kind) ? PICK_PLACE : PICK_SERVICE,
      min_query_length: 0,
      placeholder: plainText(isPlace(kind) ? 'Choose an account, a cluster or a service' : 'Choose a service', 150),
      ...(value !== undefined && value.length <= MAX_VALUE && { initial_option: option(value, value) }),
    }
  if (kind === 'flag') {
    const options = [option(sentence(hint ?? labelOf(name)), YES)]
    return { type: 'checkboxes', ...action, options, ...(value !== undefined && { initial_options: options }) }
  }
  if (choices !== undefined)
    return {
      type: 'static_select',
      ...action,
      options: choices.map(choice => option(choice, choice)),
      ...(value !== undefined && { initial_option: option(value, value) }),
    }
  return {
    type: 'plain_text_input',
    ...action,
    placeholder: plainText(inForm(example), 150),
    ...(kind === 'text' ? { multiline: true, max_length: 500 } : { max_length: MAX_WORD }),
    ...(value !== undefined && { initial_value: value }),
  }
}

/** Reads the field values from Slack's view state, keyed by field name. */
export const fieldsIn = (values: unknown): Fields =>
  Object.fromEntries(
    Object.entries((values ?? {}) as Readonly<Record<string, Readonly<Record<string, Entered>>>>).flatMap(
      ([name, byAction]) =>
        Object.values(byAction).flatMap(entered => {
          const text = textIn(entered)
          return text === '' ? [] : [[name, text] as const]
        }),
    ),
  )

type Entered = {
  readonly value?: string | null
  readonly selected_option?: { readonly value?: string } | null
  readonly selected_options?: readonly { readonly value?: string }[] | null
}

const textIn = ({ value, selected_option, selected_options }: Entered): string =>
  (value ?? selected_option?.value ?? selected_options?.[0]?.value ?? '').trim()
