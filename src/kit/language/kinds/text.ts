// The argument kinds for sentences, shell commands, names, ids and tags.

import { type Problem, problem } from '../../../model/errors.ts'
import type { Kind } from './kind.ts'

const asWritten = (text: string): string => text

/**
 * The largest number of characters in a reason. Our choice: a reason is one sentence; Slack allows 3,000 characters.
 */
const MOST_TEXT = 500

const parseSentence = (text: string): string | Problem => {
  const trimmed = text.trim()
  if (trimmed === '') return problem('That text is empty.', 'Put a short sentence between quotes.')
  if (trimmed.length > MOST_TEXT)
    return problem(`That text has ${trimmed.length} characters; at most ${MOST_TEXT} fit.`)
  return trimmed
}

export const text: Kind<string> = { usage: '"…"', example: '"black friday"', parse: parseSentence, print: asWritten }

const parseShell = (text: string): string | Problem => {
  const trimmed = text.trim()
  if (trimmed === '') return problem('There is no command behind `--`.', 'For example `-- ps aux`.')
  return /[\n\r]/.test(trimmed) ? problem('A command is one line.', 'Join its lines by `;` or `&&`.') : trimmed
}

/**
 * The argument kind for a shell command or the name of a configured command. Keeps the text, except spaces at both
 * ends.
 */
export const shell: Kind<string> = { usage: '-- <command>', example: 'ps aux', parse: parseShell, print: asWritten }

/** The argument kind for the name of a command, of one or more words. */
export const word: Kind<string> = {
  usage: '[command]',
  example: 'exec enable',
  parse: text =>
    /^[a-z][a-z -]{0,39}$/.test(text)
      ? text
      : problem(`\`${text.slice(0, 50)}\` is not a command's name.`, 'Try `/ecs help`.'),
  print: asWritten,
}

/** The argument kind for a temporary change: the id of the operation that started it, or the id's first characters. */
export const id: Kind<string> = {
  usage: '<id>',
  example: '8fac260597f6',
  parse: text =>
    /^[\w-]{6,64}$/.test(text)
      ? text
      : problem(`\`${text.slice(0, 70)}\` is not the id of a temporary change.`, '`/ecs leases` lists them.'),
  print: asWritten,
}

/** The argument kind for an id that a card or a list prints, of a problem or an incident. */
export const printed: Kind<string> = {
  usage: '<id>',
  example: '8fac260597f6',
  parse: text =>
    /^[\w-]{6,64}$/.test(text)
      ? text
      : problem(`\`${text.slice(0, 70)}\` is not an id.`, 'Copy it from the card or the list that prints it.'),
  print: asWritten,
}

/** The argument kind for a session in a container, as `exec sessions` lists it. Session Manager: at most 96 characters. */
export const session: Kind<string> = {
  usage: '<session>',
  example: 'ecs-execute-command-0f1a2b3c4d5e6f7a8',
  parse: text =>
    /^[\w.@-]{6,96}$/.test(text)
      ? text
      : problem(`\`${text.slice(0, 70)}\` is not the id of a session.`, '`/ecs exec sessions` lists open sessions.'),
  print: asWritten,
}

/** The argument kind for a gate: the id of the hook at which a deployment waits. */
export const hook: Kind<string> = {
  usage: '<hook>',
  example: 'ecs-pause-e7tK9G_WRJqNF',
  parse: text =>
    /^[\w.:-]{6,128}$/.test(text)
      ? text
      : problem(`\`${text.slice(0, 70)}\` is not the id of a hook.`, '`/ecs gates` lists the gates that wait.'),
  print: asWritten,
}

export const container: Kind<string> = {
  usage: '<name>',
  example: 'app',
  parse: text => (/^[\w-]{1,255}$/.test(text) ? text : problem(`\`${text.slice(0, 50)}\` is not a container's name.`)),
  print: asWritten,
}

/** The argument kind for the name of an account or a cluster. */
export const name: Kind<string> = {
  usage: '<name>',
  example: 'prod',
  parse: text => (/^[\w-]{1,255}$/.test(text) ? text : problem(`\`${text.slice(0, 50)}\` is not a name.`)),
  print: asWritten,
}

export type Tag = { readonly key: string; readonly value: string }

/** Parses a tag. AWS tagging: a key has at most 128 characters, a value at most 256. */
const parseTag = (text: string): Tag | Problem => {
  const [, key = '', value = ''] = /^([^=]{1,128})=(.{0,256})$/u.exec(text) ?? []
  return key === '' ? problem(`\`${text.slice(0, 50)}\` is not a tag.`, 'Write `key=value`.') : { key, value }
}

export const tag: Kind<Tag> = {
  usage: '<key=value>',
  example: 'team=orders',
  parse: parseTag,
  print: ({ key, value }) => `${key}=${value}`,
}
