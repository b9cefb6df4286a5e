// A message as a reader of the screen hears it.
import type { Message } from '../../sandbox/slack/types.ts'

/** Blocks as a reader of the screen hears them, a line each. */
export const textOf = (message: Message | undefined): string =>
  message === undefined
    ? ''
    : message.blocks === undefined || message.blocks.length === 0
      ? message.text
      : message.blocks.map(linesOf).join('\n')

/** A menu is `[⋯ Details, Cancel Request]`. */
const buttonText = (element: unknown): string => {
  const { text, options } = element as { readonly text?: unknown; readonly options?: readonly { text: unknown }[] }
  return options === undefined ? `[${linesOf(text)}]` : `[⋯ ${options.map(option => linesOf(option.text)).join(', ')}]`
}

const linesOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(linesOf).join('')
  if (typeof value !== 'object' || value === null) return ''
  const part = value as Record<string, unknown>
  switch (part['type']) {
    case 'rich_text':
      return (part['elements'] as unknown[]).map(linesOf).join('\n')
    case 'rich_text_list':
      return (part['elements'] as unknown[]).map(item => `• ${linesOf(item)}`).join('\n')
    case 'rich_text_quote':
      return `> ${linesOf(part['elements'])}`
    case 'table':
      return (part['rows'] as unknown[][]).map(cells => cells.map(linesOf).join(' | ')).join('\n')
    case 'channel':
      return `#${String(part['channel_id'])}`
    case 'usergroup':
      return `@${String(part['usergroup_id'])}`
    case 'user':
      return `@${String(part['user_id'])}`
    case 'date':
      return String(part['fallback'])
    case 'actions':
      return (part['elements'] as unknown[]).map(buttonText).join(' ')
    case 'link':
    case 'text':
    case 'raw_text':
    case 'plain_text':
    case 'mrkdwn':
      return String(part['text'])
    default:
      return linesOf(part['elements'] ?? part['text'] ?? [])
  }
}
