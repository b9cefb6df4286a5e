// Refusals of log requests, with the next step.
import { type Refusal, refuse } from '../../model/errors.ts'

export const noGroup = (group: string, region: string): Refusal =>
  refuse(
    `The log group *${group}* does not exist in ${region}.`,
    'It was deleted or never created, and the tasks’ output is lost. Create it to keep new logs.',
  )

const SYNTAX = 'Write words that must all occur, `?one ?or ?another`, `-without`, or `{ $.level = "error" }` for JSON.'

/** The refusal of an invalid filter. `why`: CloudWatch's error message. */
export const badFilter = (filter: string, why: string): Refusal =>
  refuse(`CloudWatch rejected the filter \`${filter.replaceAll('`', "'")}\`: ${why}`, hintOf(why))

const hintOf = (why: string): string => {
  if (why.includes('Invalid character'))
    return 'Put text with other characters than letters, digits and `_` in double quotes: `--filter \'"GET /health"\'`.'
  if (why.includes("end with '}'")) return 'Close the brace: `{ $.level = "error" }`.'
  return SYNTAX
}
