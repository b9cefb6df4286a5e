// The builder: a modal in which a command is put together from its declaration, for those who would rather choose than
// type. First the command, then its own fields, with the grammar's hints; what comes out is the same line as typed.
import type { View } from '@slack/types'
import type { Declaration, Spec } from '../../kit/language/declaration.ts'
import { kinds } from '../../kit/language/grammar.ts'
import type { Place } from '../../model/ecs.ts'
import type { JsonObject } from '../../model/json.ts'

/** What stands in fields, by name, as one would type it. */
export type Fields = Readonly<Record<string, string>>

export const BUILDER = 'builder'
/** The block and the action of the command's own menu. */
export const COMMAND = 'command'
export const CHOOSE_COMMAND = 'build:command'
/** Every picker of services. */
export const PICK_SERVICE = 'pick:service'
/** Every picker of accounts, clusters and services. */
export const PICK_PLACE = 'pick:place'
export const PICK_COMMAND = 'pick:command'
/** Every other field. */
const FIELD = 'field'
/** What a chosen flag says. */
export const YES = 'yes'

type PlainText = { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
export type Option = { readonly text: PlainText; readonly value: string }

const plainText = (text: string, most: number): PlainText => ({
  type: 'plain_text',
  text: text.length <= most ? text : `${text.slice(0, most - 1)}…`,
  emoji: false,
})

const option = (text: string, value: string): Option => ({ text: plainText(text, 75), value })

/** `command`: what is chosen so far; `values`: what stands in its fields at first, as one would type it. What stands in fields of the same name stays there: Slack keeps it by block id. */
export const renderBuilder = (
  declarations: readonly Declaration[],
  place: Place,
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
      ...(declaration === undefined ? [] : fieldsOf(declaration, values)),
    ],
  } as unknown as View
}

const GROUPS = { query: 'Look', mutation: 'Change', setting: 'Settings' } as const

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
    ? `${summary}. It is planned first, and nothing changes before whoever has to has agreed.`
    : `${summary}.`

const fieldsOf = ({ args, options }: Declaration, values: Fields): readonly JsonObject[] => [
  ...Object.entries(args).flatMap(([name, spec]) => [
    ...(spec.kind === 'shell' ? [knownCommand()] : []),
    field(name, spec, spec.optional === true, values[name]),
  ]),
  ...Object.entries(options).map(([name, spec]) => field(name, spec, true, values[name])),
]

/** Beside what somebody writes for a shell: what the configuration knows word for word. */
export const KNOWN = 'known-command'

const knownCommand = (): JsonObject => ({
  type: 'input',
  block_id: KNOWN,
  optional: true,
  label: plainText('A command of the configuration', 75),
  element: {
    type: 'external_select',
    action_id: PICK_COMMAND,
    min_query_length: 0,
    placeholder: plainText('Choose what to run', 150),
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

/** What the command says of the field, or else what such a value looks like. */
const fieldHint = ({ kind, hint }: Spec): string => {
  if (kind === 'service') return 'A service; begin to type its name.'
  if (isPlace(kind)) return 'An account, a cluster or a service; begin to type its name.'
  const { help, example } = kinds[kind]
  return sentence(hint ?? help ?? `For example ${inForm(example)}`)
}

/** Nothing is markup in a form, and nothing has to be quoted. */
const inForm = (text: string): string => text.replace(/[`"]/g, '')

const sentence = (text: string): string => inForm(`${text.charAt(0).toUpperCase()}${text.slice(1)}`)

/** Slack: text fields hold 3,000 characters; a word of ours is never longer than a target. */
const MOST_WORD = 600
/** Of an option: a longer name is picked anew. */
const MOST_VALUE = 150

export const isPlace = (kind: Spec['kind']): boolean => kind === 'scope' || kind === 'place'

const element = (name: string, { kind, hint }: Spec, value: string | undefined): JsonObject => {
  const { choices, example } = kinds[kind]
  const action = { action_id: FIELD }
  if (kind === 'service' || isPlace(kind))
    return {
      type: 'external_select',
      action_id: isPlace(kind) ? PICK_PLACE : PICK_SERVICE,
      min_query_length: 0,
      placeholder: plainText(isPlace(kind) ? 'Choose an account, a cluster or a service' : 'Choose a service', 150),
      ...(value !== undefined && value.length <= MOST_VALUE && { initial_option: option(value, value) }),
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
    ...(kind === 'text' ? { multiline: true, max_length: 500 } : { max_length: MOST_WORD }),
    ...(value !== undefined && { initial_value: value }),
  }
}

/** What stands in the fields, by name: Slack's state of the modal, in the words that one would type. */
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
