// Renders /ecs help from the declarations alone, because ingress does not load the code of commands.

import type { Declaration } from '../../kit/language/declaration.ts'
import { usage } from '../../kit/language/invocation.ts'
import { context, list, plain, richText, section } from '../../kit/messages/markup.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import { isProblem, type Problem, problem } from '../../model/errors.ts'
import type { Rendered } from '../../model/ports/message.ts'

const findDeclaration = (name: string, declarations: readonly Declaration[]): Declaration | Problem =>
  declarations.find(declaration => declaration.name === name) ??
  problem(`\`${name}\` is not a command.`, '`/ecs help` lists them all.')

export const renderHelp = (name: string | undefined, declarations: readonly Declaration[]): Rendered => {
  if (name === undefined) return cachedHelp(declarations)
  const declaration = findDeclaration(name, declarations)
  return isProblem(declaration) ? renderRefusal(declaration) : renderOne(declaration)
}

/** A cache of the rendered help. The help is the same for everyone, and the longest immediate reply. */
const cache = new WeakMap<readonly Declaration[], Rendered>()

const cachedHelp = (declarations: readonly Declaration[]): Rendered => {
  const rendered = cache.get(declarations) ?? renderAll(declarations)
  cache.set(declarations, rendered)
  return rendered
}

const renderAll = (declarations: readonly Declaration[]): Rendered => {
  const rows = declarations.map(declaration => `\`${usage({ ...declaration, options: {} })}\` ${declaration.summary}`)
  const more = 'Every change is planned first: `--dry-run` shows the plan only. `/ecs help scale` explains one command.'
  return {
    text: plain(['Quarterdeck operates Amazon ECS.', ...rows].join('\n')),
    blocks: [richText(section('*Quarterdeck* operates Amazon ECS from Slack.\n'), list(rows), section(more))],
  }
}

const renderOne = (declaration: Declaration): Rendered => {
  const examples = declaration.examples.map(example => `\`/ecs ${example}\``)
  const options = Object.entries(declaration.options).flatMap(([name, { hint }]) =>
    hint === undefined ? [] : [`\`--${name}\` ${hint}`],
  )
  return {
    text: plain([`${declaration.summary}. ${usage(declaration)}`, 'For example:', ...examples].join('\n')),
    blocks: [
      richText(
        section(`*${declaration.summary}*\n`),
        section(`\`${usage(declaration)}\`\n`),
        ...(options.length === 0 ? [] : [list(options)]),
        section('For example:'),
        list(examples),
      ),
      ...(declaration.name === 'scale'
        ? [context('A count is 6, +2, -1, x2 or 50%; relative counts become absolute when planned.')]
        : []),
    ],
  }
}

/** Renders a parse error, with the usage of its command. */
export const renderMisuse = (
  misuse: Problem & { readonly command?: string },
  declarations: readonly Declaration[],
): Rendered => {
  const declaration = declarations.find(({ name }) => name === misuse.command)
  if (declaration === undefined) return renderRefusal(misuse)
  const usageLine = `Usage: \`${usage(declaration)}\`, for example \`/ecs ${declaration.examples[0] ?? declaration.name}\`.`
  return renderRefusal({
    text: misuse.text,
    hint: misuse.hint === undefined ? usageLine : `${misuse.hint}\n${usageLine}`,
  })
}
