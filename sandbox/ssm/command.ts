// Converts a command text to a program and its arguments as the agent does, without a shell: inserts the values of
// parameters, splits the text into words, and finds the file of the program.

import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { errorText } from './handshake.ts'
import { splitCommand } from './split.ts'

type FailureStyle = {
  /** Whether the failure is reported only after the time that a failed start of the process takes. */
  readonly isSlow: boolean
  /** Whether the error text has no heading. */
  readonly isBare?: boolean
}

/** An error that prevents the start of a session, with the agent's text. */
export class StartFailure extends Error {
  readonly isSlow: boolean
  readonly isBare: boolean
  constructor(words: string, { isSlow, isBare = false }: FailureStyle) {
    super(words)
    this.isSlow = isSlow
    this.isBare = isBare
  }
}

const empty = () =>
  new StartFailure('Commands cannot be empty for session type InteractiveCommands', { isSlow: false, isBare: true })

const unable = (why: string) => new StartFailure(`Unable to start command: ${why}\n`, { isSlow: true })

const PARAMETER = /\{\{\s*ssm:([\w.\-/]+(?::\d+)?)\s*\}\}/g

/** Reads parameters of Parameter Store; returns their values keyed by name. Rejects with the text of the refusal. */
export type GetParameters = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>

/**
 * Replaces each `{{ssm:name}}` with the value of the parameter, which is read with the task role. Other texts in braces
 * are kept. Throws StartFailure if a parameter cannot be read; the text of this error is a guess.
 */
export const expandParameters = async (command: string, get: GetParameters): Promise<string> => {
  const names = [...new Set([...command.matchAll(PARAMETER)].map(([, name = '']) => name))]
  if (names.length === 0) return command
  const values = await get(names).catch((error: unknown) => {
    throw new StartFailure(`Failed to resolve parameters: ${errorText(error)}`, {
      isSlow: false,
    })
  })
  return command.replace(PARAMETER, (_, name: string) => values.get(name) ?? '')
}

const SHELLS = new Set(['sh', 'ash', 'bash', 'dash', 'ksh', 'zsh', 'busybox'])

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

const mayRun = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export type Place = {
  readonly path: string
  readonly cwd: string
  /** Whether the image has a shell; false for a distroless image. */
  readonly hasShell: boolean
}

/** Returns the path of a program's file, found as Go's exec package does. Throws with Go's error text. */
export const lookUp = (name: string, { path, cwd, hasShell }: Place): string => {
  const isThere = (file: string): boolean => (hasShell || !SHELLS.has(file.split('/').at(-1) ?? '')) && isFile(file)
  if (!name.includes('/')) {
    const found = path
      .split(':')
      .map(folder => join(folder, name))
      .find(file => isThere(file) && mayRun(file))
    if (found === undefined) throw unable(`Failed to start pty: exec: "${name}": executable file not found in $PATH`)
    return found
  }
  const file = isAbsolute(name) ? name : join(cwd, name)
  if (!isThere(file)) throw unable(`Failed to start pty: fork/exec ${name}: no such file or directory`)
  if (!mayRun(file)) throw unable(`Failed to start pty: fork/exec ${name}: permission denied`)
  return file
}

export const parseCommand = (command: string): readonly [string, ...string[]] => {
  if (command.trim() === '') throw empty()
  const split = splitCommand(command)
  if ('error' in split) throw unable(`Failed to parse commands input: ${split.error}`)
  const [file, ...args] = split.argv
  if (file === undefined) throw empty()
  return [file, ...args]
}
