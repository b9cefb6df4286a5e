// The argument kind for what a deployment runs: a tag, an image, or a task definition.

import { problem } from '../../../model/errors.ts'
import type { Kind } from './kind.ts'

const HELP = 'Write a tag (`v42`), an image with its tag or digest, or a task definition (`orders-api:42`).'

/**
 * The maximum length of an image: 255 characters before the digest, and 72 of the digest (ECS API reference,
 * ContainerDefinition).
 */
const MOST = 255 + 72

const FORM = /^(?:arn:aws[\w-]*:ecs:[\w:/-]+|[\w@][\w.:/@-]*)$/

export const version: Kind<string> = {
  usage: '<image|tag|revision>',
  example: 'v42',
  help: HELP.replaceAll('`', ''),
  parse: text =>
    text.length <= MOST && FORM.test(text) ? text : problem(`\`${text.slice(0, 100)}\` is no image.`, HELP),
  print: text => text,
}
