// Parses a command line or the fields of a form to an invocation, and prints an invocation as canonical text.

import { isProblem, type Problem, problem } from '../../model/errors.ts'
import { helpTopic, isJoint, withoutCourtesy } from './asking-words.ts'
import type { Declaration, Spec, Specs } from './declaration.ts'
import { type KindName, kinds, type Values } from './grammar.ts'
import { refuseHidden } from './refused-characters.ts'
import { editDistance } from './target.ts'
import { printWord, splitWords, straighten, type Word } from './tokenise.ts'

export type Value = Values[keyof Values]

/** A parsed command line. `values`: the given arguments and options, keyed by name. */
export type Invocation = { readonly command: string; readonly values: Readonly<Record<string, Value>> }

/**
 * A problem with a command line. `command`: the name of the command, if the line names a known command. `given`: the
 * parsed values, if the only problem is a missing argument.
 */
export type Misuse = Problem & { readonly command?: string; readonly given?: Invocation['values'] }

export const parseText = (line: string, declarations: readonly Declaration[]): Invocation | Misuse => {
  const typed = splitWords(line)
  if (isProblem(typed)) return typed
  const words = withoutCourtesy(typed)
  const topic = words.length === 0 ? '' : helpTopic(words)
  if (topic !== undefined) return helpAbout(topic, declarations)
  const declaration = findDeclaration(words, declarations)
  if (isProblem(declaration)) return declaration
  const rest = words.slice(declaration.name.split(' ').length)
  const values = readValues(rest, declaration)
  return isProblem(values) ? { ...values, command: declaration.name } : { command: declaration.name, values }
}

const helpAbout = (topic: string, declarations: readonly Declaration[]): Invocation | Misuse => {
  if (topic === '') return { command: 'help', values: {} }
  const words = topic.split(' ').map(text => ({ text, quoted: false }))
  const declaration = findDeclaration(words, declarations)
  const command = isProblem(declaration) ? kinds.word.parse(topic) : declaration.name
  return isProblem(command) ? command : { command: 'help', values: { command } }
}

/** Finds the command that a line names. If several names match, the longest wins: `exec enable` before `exec`. */
const findDeclaration = (words: readonly Word[], declarations: readonly Declaration[]): Declaration | Problem => {
  const texts = words.map(word => word.text.toLowerCase())
  const isNamed = ({ name }: Declaration) => name.split(' ').every((part, at) => part === texts[at])
  const [longest] = declarations.filter(isNamed).toSorted((a, b) => b.name.length - a.name.length)
  return longest ?? unknownCommand(texts[0] ?? '', declarations)
}

/** The problem of an unknown command. `typed`: the first word of the line, or the topic for which help is requested. */
export const unknownCommand = (typed: string, declarations: readonly Declaration[]): Problem => {
  const isNear = (name: string) => Math.abs(typed.length - name.length) <= 2 && editDistance(typed, name) <= 2
  const near = declarations
    .map(({ name }) => name)
    .filter(name => isNear(name) || (typed.length > 1 && name.startsWith(typed)))
  const suggestion = near[0] === undefined ? '' : `Did you mean \`/ecs ${near[0]}\`? `
  return problem(`\`${typed.slice(0, 50)}\` is not a command.`, `${suggestion}\`/ecs help\` lists them all.`)
}

/** The problems of a form's fields, keyed by field name. */
export type FieldProblems = { readonly kind: 'field problems'; readonly problems: Readonly<Record<string, Problem>> }

/** Parses the fields of a form. Each field contains the text of one argument or option, or is empty. */
export const parseFields = (
  { name, args, options }: Declaration,
  fields: Readonly<Record<string, string>>,
): Invocation | FieldProblems => {
  const values: Record<string, Value> = {}
  const problems: Record<string, Problem> = {}
  for (const slot of [...slots(args), ...slots(options)]) {
    const text = fields[slot.name] ?? ''
    if (text === '') {
      if (slot.name in args && slot.spec.optional !== true)
        problems[slot.name] = problem(`\`${name}\` needs this.`, `For example \`${kinds[slot.spec.kind].example}\`.`)
      continue
    }
    const isFreeText = slot.spec.kind === 'text' || slot.spec.kind === 'shell'
    const value =
      refuseHidden(text.trim(), 'This text') ?? kinds[slot.spec.kind].parse(isFreeText ? text : straighten(text))
    if (isProblem(value)) problems[slot.name] = value
    else values[slot.name] = value
  }
  return Object.keys(problems).length > 0 ? { kind: 'field problems', problems } : { command: name, values }
}

type Slot = { readonly name: string; readonly spec: Spec }

const slots = (specs: Specs): readonly Slot[] => Object.entries(specs).map(([name, spec]) => ({ name, spec }))
const shown = (specs: Specs): readonly Slot[] => slots(specs).filter(({ spec }) => spec.hidden !== true)
/** The arguments that are given by position, without the shell command that follows a lone `--`. */
const positional = (specs: Specs): readonly Slot[] => slots(specs).filter(({ spec }) => spec.kind !== 'shell')
const trailing = (specs: Specs): readonly Slot[] => slots(specs).filter(({ spec }) => spec.kind === 'shell')

const readValues = (words: readonly Word[], declaration: Declaration): Invocation['values'] | Misuse => {
  const values: Record<string, Value> = {}
  const waiting = [...positional(declaration.args)]
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? { text: '', quoted: false }
    if (isJoint(word) && joins(waiting, values)) continue
    const isOption = !word.quoted && word.text.startsWith('--')
    const read =
      word.rest === undefined
        ? isOption
          ? readOption(words, at, declaration)
          : readArgument(words, at, waiting)
        : readRest(word.rest, declaration)
    if (isProblem(read)) return read
    if (read.name in values) return problem(`\`--${read.name}\` is given twice.`, 'Keep one of them.')
    values[read.name] = read.value
    at += read.extra
  }
  const missing = waiting.find(({ spec }) => spec.optional !== true)
  return missing === undefined
    ? values
    : { ...problem(`\`/ecs ${declaration.name}\` needs ${usageOf(missing)}.`), given: values }
}

/**
 * Whether a joining word such as `to` in `scale orders-api to 6` may be skipped: only between two arguments, and never
 * if the next argument is a name.
 */
const joins = ([next]: readonly Slot[], values: Readonly<Record<string, Value>>): boolean =>
  next !== undefined && Object.keys(values).length > 0 && JOINED.includes(next.spec.kind)

const JOINED: readonly KindName[] = ['count', 'version', 'bounds', 'level', 'strategy', 'revision']

const readRest = (rest: string, declaration: Declaration): ReadValue | Problem => {
  const [slot] = trailing(declaration.args)
  return slot === undefined ? problem(`\`${declaration.name}\` takes nothing behind \`--\`.`) : readValue(slot, rest, 0)
}

/** A value read from one or more words. `extra`: the number of words after the first that the value used. */
type ReadValue = { readonly name: string; readonly value: Value; readonly extra: number }

const readArgument = (words: readonly Word[], at: number, waiting: Slot[]): ReadValue | Problem => {
  const word = words[at] ?? { text: '', quoted: false }
  const slot = waiting.shift()
  // A sentence that is the last argument needs no quotes.
  const isLastText = slot?.spec.kind === 'text' && waiting.length === 0 && !word.quoted
  if (slot?.spec.kind === 'strategy' || (slot !== undefined && isLastText)) {
    const more = wordsUntilOption(words.slice(at + 1))
    return readValue(slot, [word, ...more].map(({ text }) => text).join(' '), more.length)
  }
  if (slot === undefined) {
    return problem(`\`${word.text.slice(0, 100)}\` is one word too many.`, 'Sentences go between quotes.')
  }
  return readValue(slot, word.text, 0)
}

/** The words up to the next option. Needed for a strategy, which has one word for each provider, and for a sentence. */
const wordsUntilOption = (words: readonly Word[]): readonly Word[] => {
  const end = words.findIndex(({ text, quoted, rest }) => rest !== undefined || (!quoted && text.startsWith('--')))
  return end < 0 ? words : words.slice(0, end)
}

const readOption = (words: readonly Word[], at: number, declaration: Declaration): ReadValue | Problem => {
  const [name = '', ...given] = (words[at]?.text ?? '').slice(2).split('=')
  const slot = slots(declaration.options).find(option => option.name === name)
  if (slot === undefined) return unknownOption(name, declaration)
  if (slot.spec.kind === 'flag') {
    return given.length === 0 ? { name, value: true, extra: 0 } : problem(`\`--${name}\` takes no value.`)
  }
  if (given.length > 0) return readValue(slot, given.join('='), 0)
  const next = words[at + 1]
  if (slot.spec.alone !== undefined && !/^\d/.test(next?.text ?? '')) return readValue(slot, slot.spec.alone, 0)
  if (next === undefined || (!next.quoted && next.text.startsWith('--'))) {
    return problem(`\`--${name}\` needs a value.`, `For example \`--${name} ${kinds[slot.spec.kind].example}\`.`)
  }
  return readValue(slot, next.text, 1)
}

const unknownOption = (name: string, declaration: Declaration): Problem => {
  const names = shown(declaration.options).map(option => option.name)
  const near = names.find(option => editDistance(name, option) <= 2)
  const known = names.map(option => `\`--${option}\``).join(', ')
  const hint = near === undefined ? `It knows ${known === '' ? 'no options' : known}.` : `Did you mean \`--${near}\`?`
  return problem(`\`/ecs ${declaration.name}\` has no option \`--${name.slice(0, 50)}\`.`, hint)
}

const readValue = ({ name, spec }: Slot, text: string, extra: number): ReadValue | Problem => {
  const value = kinds[spec.kind].parse(text)
  return isProblem(value) ? value : { name, value, extra }
}

const usageOf = ({ name, spec }: Slot): string =>
  spec.kind === 'text' ? `${name} ${kinds.text.usage}` : kinds[spec.kind].usage

/** The usage line of a command: `/ecs scale <service> <count> [--reason "…"] [--dry-run]`. */
export const usage = ({ name, args, options }: Declaration): string => {
  const inOrder = positional(args).map(({ spec }) =>
    spec.optional ? kinds[spec.kind].usage.replace(/^<(.*)>$/, '[$1]') : kinds[spec.kind].usage,
  )
  const last = trailing(args).map(({ spec }) => `[${kinds[spec.kind].usage}]`)
  const named = shown(options).map(
    ({ name: option, spec }) => `[--${option}${spec.kind === 'flag' ? '' : ` ${kinds[spec.kind].usage}`}]`,
  )
  return ['/ecs', name, ...inOrder, ...named, ...last].join(' ')
}

/** Prints an invocation as canonical text, without `/ecs`: arguments, then options, each in declared order. */
export const printInvocation = ({ command, values }: Invocation, declarations: readonly Declaration[]): string => {
  const declaration = declarations.find(({ name }) => name === command)
  const printed = (specs: readonly Slot[]) => specs.flatMap(({ name, spec }) => printGiven(spec, values[name]))
  const args = declaration?.args ?? {}
  const named = slots(declaration?.options ?? {}).flatMap(({ name, spec }) =>
    values[name] === undefined ? [] : [`--${name}`, ...(spec.kind === 'flag' ? [] : printGiven(spec, values[name]))],
  )
  return [command, ...printed(positional(args)), ...named, ...printed(trailing(args))].join(' ')
}

/** A line with one more option, printed where the option belongs: before the command that follows `--`. */
export const withOption = (
  line: string,
  name: string,
  value: Value,
  declarations: readonly Declaration[],
): string | Problem => {
  const parsed = parseText(line, declarations)
  if (isProblem(parsed)) return parsed
  return printInvocation({ ...parsed, values: { ...parsed.values, [name]: value } }, declarations)
}

/** Prints an invocation as the fields of a form, in the format that `parseFields` reads. */
export const printFields = (
  { command, values }: Invocation,
  declarations: readonly Declaration[],
): Readonly<Record<string, string>> => {
  const { args = {}, options = {} } = declarations.find(({ name }) => name === command) ?? {}
  return Object.fromEntries(
    slots({ ...args, ...options }).flatMap(({ name, spec }) => {
      const value = values[name]
      if (value === undefined) return []
      return [[name, spec.kind === 'flag' ? 'yes' : printOf(spec)(value)]]
    }),
  )
}

const printOf = (spec: Spec) => kinds[spec.kind].print as (value: Value) => string

const printGiven = (spec: Spec, value: Value | undefined): readonly string[] => {
  if (value === undefined) return []
  if (spec.kind === 'shell') return [`-- ${value}`]
  if (spec.kind === 'strategy') return [printOf(spec)(value)]
  return [printWord(printOf(spec)(value))]
}
