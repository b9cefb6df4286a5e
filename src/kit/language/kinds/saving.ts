// The argument kind for the ways to save money that a query shows.

import { problem } from '../../../model/errors.ts'
import type { Kind } from './kind.ts'

export const SAVINGS = ['idle', 'rightsizing', 'spot', 'graviton'] as const
export type SavingKind = (typeof SAVINGS)[number]

export const saving: Kind<SavingKind> = {
  usage: '<idle|rightsizing|spot|graviton>',
  example: 'idle',
  choices: SAVINGS,
  parse: text =>
    SAVINGS.find(one => one === text.toLowerCase()) ??
    problem(
      `\`${text.slice(0, 50)}\` is no way to save that is known here.`,
      'Write `idle`, `rightsizing`, `spot` or `graviton`.',
    ),
  print: one => one,
}
