// Renders /ecs help from the declarations alone, because ingress does not load the code of commands.

import type { Declaration } from '../../kit/language/declaration.ts'
import { type Misuse, printInvocation, unknownCommand, usage } from '../../kit/language/invocation.ts'
import { context, list, plain, richText, section } from '../../kit/messages/markup.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import type { Offer } from '../../model/errors.ts'
import type { Rendered } from '../../model/ports/message.ts'

/** `topic`: a command, or the first word of several: `exec` explains itself and lists `exec enable`. */
export const renderHelp = (topic: string | undefined, declarations: readonly Declaration[]): Rendered => {
  if (topic === undefined) return cachedHelp(declarations)
  const more = declarations.filter(({ name }) => name.startsWith(`${topic} `))
  const declaration = declarations.find(({ name }) => name === topic)
  if (declaration !== undefined) return renderOne(declaration, more)
  return more.length > 0 ? renderTopic(topic, more) : renderRefusal(unknownCommand(topic, declarations))
}

/** A cache of the rendered help. The help is the same for everyone, and the longest immediate reply. */
const cache = new WeakMap<readonly Declaration[], Rendered>()

const cachedHelp = (declarations: readonly Declaration[]): Rendered => {
  const rendered = cache.get(declarations) ?? renderAll(declarations)
  cache.set(declarations, rendered)
  return rendered
}

const KINDS = { query: 'Look', mutation: 'Change', setting: 'Set' } as const

/** The first words of the names: `autoscale…` stands for several commands. */
const firstWords = (some: readonly Declaration[], all: readonly Declaration[]): readonly string[] =>
  [...new Set(some.map(({ name }) => name.replace(/ .*/, '')))].map(first =>
    all.some(({ name }) => name.startsWith(`${first} `)) ? `\`${first}…\`` : `\`${first}\``,
  )

/** The commands by kind, one phone screen; a topic lists more. */
const renderAll = (declarations: readonly Declaration[]): Rendered => {
  const rows = Object.entries(KINDS).map(([kind, label]) => {
    const words = firstWords(
      declarations.filter(one => one.kind === kind),
      declarations,
    )
    return `*${label}:* ${words.join(' ')}`
  })
  const more =
    '`/ecs help scale` explains one command, `/ecs help autoscale` lists a topic. `/ecs` opens a form. Every change is planned first: `--dry-run` shows the plan only.'
  return {
    text: plain(['Quarterdeck operates Amazon ECS.', ...rows, more].join('\n')),
    blocks: [richText(section('*Quarterdeck* operates Amazon ECS from Slack.\n'), list(rows), section(more))],
  }
}

const summaryRow = (declaration: Declaration): string =>
  `\`${usage({ ...declaration, options: {} })}\` ${declaration.summary}`

const renderTopic = (topic: string, declarations: readonly Declaration[]): Rendered => {
  const rows = declarations.map(summaryRow)
  const more = `\`/ecs help ${declarations[0]?.name}\` explains one.`
  return {
    text: plain([`Commands of ${topic}`, ...rows, more].join('\n')),
    blocks: [richText(section(`*Commands of ${topic}*`), list(rows), section(more))],
  }
}

/** `more`: the commands whose names begin with this one's. */
const renderOne = (declaration: Declaration, more: readonly Declaration[]): Rendered => {
  const examples = declaration.examples.map(example => `\`/ecs ${example}\``)
  const options = Object.entries(declaration.options).flatMap(([name, { hint }]) =>
    hint === undefined ? [] : [`\`--${name}\` ${hint}`],
  )
  const others = more.map(summaryRow)
  const also = others.length === 0 ? [] : ['See also:', ...others]
  return {
    text: plain([`${declaration.summary}. ${usage(declaration)}`, 'For example:', ...examples, ...also].join('\n')),
    blocks: [
      richText(
        section(`*${declaration.summary}*\n`),
        section(`\`${usage(declaration)}\`\n`),
        ...(options.length === 0 ? [] : [list(options)]),
        section('For example:'),
        list(examples),
        ...(others.length === 0 ? [] : [section('See also:'), list(others)]),
      ),
      ...(declaration.name === 'scale'
        ? [context('A count is 6, +2, -1, x2 or 50%; relative counts become absolute when planned.')]
        : []),
    ],
  }
}

/** Renders a parse error, with the usage of its command, and the form of a line that lacks an argument. */
export const renderMisuse = (misuse: Misuse, declarations: readonly Declaration[]): Rendered => {
  const declaration = declarations.find(({ name }) => name === misuse.command)
  if (declaration === undefined) return renderRefusal(misuse)
  const usageLine = `Usage: \`${usage(declaration)}\`, for example \`/ecs ${declaration.examples[0] ?? declaration.name}\`.`
  return renderRefusal({
    text: misuse.text,
    hint: misuse.hint === undefined ? usageLine : `${misuse.hint}\n${usageLine}`,
    offers: formOffer(misuse, declaration, declarations),
  })
}

/** Free text stays out of the button: it may hold a secret. */
const formOffer = (
  { command, given }: Misuse,
  { args, options }: Declaration,
  declarations: readonly Declaration[],
): readonly Offer[] => {
  if (command === undefined || given === undefined) return []
  const specs = { ...args, ...options }
  const values = Object.fromEntries(
    Object.entries(given).filter(([name]) => !['text', 'shell'].includes(specs[name]?.kind ?? 'text')),
  )
  return [{ label: 'Fill In', invocation: printInvocation({ command, values }, declarations), asks: true }]
}
