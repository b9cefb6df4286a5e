// The two methods of a file upload, and the state that is kept between the two calls.
import { jsonOf, listOf, textOf } from '../json.ts'
import {
  type Args,
  type Context,
  channelArg,
  jsonArg,
  type Method,
  mustBeMember,
  mustBeOpen,
  refuse,
  requiredArg,
  textArg,
} from '../method.ts'
import { BOT } from '../seed.ts'
import type { SlackFile } from '../types.ts'
import type { StoredFile } from '../workspace.ts'

const MOST_FILES = 100
const PREVIEW_CHARS = 2000

const KINDS: { readonly [extension: string]: readonly [filetype: string, mimetype: string] } = {
  png: ['png', 'image/png'],
  jpg: ['jpg', 'image/jpeg'],
  jpeg: ['jpg', 'image/jpeg'],
  gif: ['gif', 'image/gif'],
  json: ['json', 'application/json'],
  csv: ['csv', 'text/csv'],
  log: ['text', 'text/plain'],
  txt: ['text', 'text/plain'],
  md: ['markdown', 'text/markdown'],
  yaml: ['yaml', 'text/yaml'],
  yml: ['yaml', 'text/yaml'],
  diff: ['diff', 'text/x-diff'],
}

const kindOf = (name: string): readonly [string, string] =>
  KINDS[name.toLowerCase().split('.').at(-1) ?? ''] ?? ['binary', 'application/octet-stream']

const isText = (mimetype: string) => mimetype.startsWith('text/') || mimetype === 'application/json'

/** The secret part of each file's upload URL. A URL allows only one upload. */
const keys = new WeakMap<StoredFile, string>()

export const getUploadUrl: Method = (args, { workspace, origin }) => {
  const name = requiredArg(args, 'filename')
  const length = Number(requiredArg(args, 'length'))
  if (!Number.isInteger(length) || length <= 0) refuse('invalid_arguments')
  const id = workspace.id('F')
  const [filetype, mimetype] = kindOf(name)
  const url = `${origin()}/files/${id}/${encodeURIComponent(name)}`
  const alt = textArg(args, 'alt_text') || textArg(args, 'alt_txt')
  const file: SlackFile = {
    id,
    name,
    title: name,
    mimetype,
    filetype,
    size: length,
    user: BOT.userId,
    url_private: url,
    permalink: url,
    ...(alt ? { alt_txt: alt } : {}),
  }
  const stored: StoredFile = { file, content: Buffer.alloc(0), completed: false }
  const key = crypto.randomUUID()
  keys.set(stored, key)
  workspace.files.set(id, stored)
  return { upload_url: `${origin()}/files/upload/${id}?key=${key}`, file_id: id }
}

/** Stores the bytes that were sent to an upload URL, and returns Slack's answer. */
export const upload = (
  id: string,
  key: string,
  content: Buffer,
  { workspace }: Context,
): { status: number; text: string } => {
  const stored = workspace.files.get(id)
  if (!stored || keys.get(stored) !== key) return { status: 404, text: 'upload_url not found' }
  if (content.length !== stored.file.size) return { status: 400, text: `expected ${stored.file.size} bytes` }
  const preview = isText(stored.file.mimetype)
    ? { preview: [...content.toString('utf8')].slice(0, PREVIEW_CHARS).join('') }
    : {}
  workspace.files.set(id, { ...stored, content, file: { ...stored.file, ...preview } })
  return { status: 200, text: `OK - ${content.length}` }
}

const complete = (given: unknown, { workspace }: Context): SlackFile => {
  const { id, title } = jsonOf(given)
  const stored = workspace.files.get(textOf(id)) ?? refuse('file_not_found')
  if (stored.content.length === 0) refuse('file_not_found')
  const file = { ...stored.file, title: textOf(title) || stored.file.name }
  workspace.files.set(file.id, { ...stored, file, completed: true })
  return file
}

/** Shares uploaded files in a channel, as one message of the bot. Without a channel, files stay private. */
const share = (files: readonly SlackFile[], id: string, args: Args, context: Context): void => {
  const channel = channelArg({ channel: id }, context)
  mustBeOpen(channel)
  mustBeMember(channel)
  const threadTs = textArg(args, 'thread_ts') || undefined
  if (threadTs && !context.workspace.message(channel.id, threadTs)) refuse('invalid_thread_ts')
  const text = textArg(args, 'initial_comment')
  context.workspace.post({ channel: channel.id, user: BOT.userId, threadTs }, { text, files })
}

export const completeUpload: Method = (args, context) => {
  const given = listOf(jsonArg(args, 'files', 'invalid_arguments'))
  if (given.length === 0 || given.length > MOST_FILES) refuse('invalid_arguments')
  const channels = [textArg(args, 'channel_id'), ...textArg(args, 'channels').split(',')].filter(Boolean)
  for (const id of channels) mustBeMember(channelArg({ channel: id }, context))
  const files = given.map(one => complete(one, context))
  for (const id of channels) share(files, id, args, context)
  return { files }
}
