// Why there are no lines to show, and what would help.
import { type Refusal, refuse } from '../../model/errors.ts'

export const noGroup = (group: string, region: string): Refusal =>
  refuse(
    `The log group *${group}* is not there in ${region}.`,
    'The task definition names it: it was deleted, or never made, and what the tasks write now is lost.',
  )

const SYNTAX =
  'Write words that all have to be there, `?one ?or ?the-other` as words, `-without`, or `{ $.level = "error" }` for JSON.'

/** `why`: CloudWatch's own words. */
export const notUnderstood = (filter: string, why: string): Refusal =>
  refuse(`CloudWatch does not understand the filter \`${filter.replaceAll('`', "'")}\`: ${why}`, hintOf(why))

const hintOf = (why: string): string => {
  if (why.includes('Invalid character'))
    return 'What has anything but letters, digits and `_` in it goes between double quotes: `--filter \'"GET /health"\'`.'
  if (why.includes("end with '}'")) return 'Close the brace: `{ $.level = "error" }`.'
  return SYNTAX
}
