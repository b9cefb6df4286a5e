// Renders the message with a command's output, in the thread of its card.

import { hiddenNote, preformattedBlock } from '../../../features/logs/render-lines.ts'
import { type Button, buttons, context, plain, richText, section } from '../../../kit/messages/markup.ts'
import type { Rendered } from '../../../model/ports/message.ts'
import type { SlackFile } from '../../../model/ports/slack.ts'
import type { Printed } from './output-buffer.ts'

/** The maximum number of characters of output. Slack limits the characters of all blocks of a message together. */
const MOST_CHARACTERS = 3_000

export type Running = {
  readonly operation: string
  readonly container: string
  readonly printed: Printed
  /** How the command ended; absent while it runs. */
  readonly end?: string
}

export const renderPrinted = ({ operation, container, printed, end }: Running): Rendered => {
  const lines = newest(printed.lines)
  const isWhole = printed.isWhole && lines.length === printed.lines.length
  const head = end ?? `Running in \`${container}\`. ${printed.count} ${printed.count === 1 ? 'line' : 'lines'} so far.`
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      ...(lines.join('').trim() === '' ? [] : [preformattedBlock(lines.join('\n'))]),
      ...[
        ...hiddenNote(printed.hidden),
        ...(isWhole
          ? []
          : [
              end === undefined
                ? 'Full output will be attached as a file when it finishes.'
                : 'These are the last lines. The file has the full output.',
            ]),
      ].map(note => context(note)),
      ...(end === undefined ? [buttons('exec', [stopButton(operation)])] : []),
    ],
  }
}

const stopButton = (operation: string): Button => ({ label: 'Stop', action: 'decide:stop', value: operation })

const newest = (lines: readonly string[]): readonly string[] => {
  let room = MOST_CHARACTERS
  const from = lines.findLastIndex(line => {
    room -= line.length + 1
    return room < 0
  })
  const last = lines.slice(from + 1)
  return last.length === 0 ? lines.slice(-1).map(line => line.slice(-MOST_CHARACTERS)) : last
}

export const fitsInMessage = ({ lines, isWhole }: Printed): boolean =>
  isWhole && newest(lines).join('\n').length === lines.join('\n').length

export const fileOfPrinted = ({ lines, count }: Printed, service: string): SlackFile => ({
  name: `${service}-output.txt`,
  title: `Command output in ${service}`,
  alt: `${count} lines of command output in ${service}, with likely secrets hidden`,
  bytes: new TextEncoder().encode(`${lines.join('\n')}\n`),
})
