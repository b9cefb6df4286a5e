// Pure: what a deployment is asked to run, and which images a service may run: those of the repository that the container
// runs from, and those that `deploy.from` of the configuration allows.

import { fits } from '../../engine/rules/access.ts'
import type { Config } from '../../engine/rules/config.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { RevisionImage } from '../../model/service-detail.ts'

/** An image: `<repository>[:<tag>][@<digest>]`, the repository with its registry. */
export type Image = { readonly repository: string; readonly tag?: string; readonly digest?: string }

/** What a person typed. A tag or digest alone means the repository that the container runs from. */
export type Wanted =
  | { readonly kind: 'revision'; readonly name: string }
  | { readonly kind: 'image'; readonly image: Image }
  | { readonly kind: 'version'; readonly tag?: string; readonly digest?: string }

const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^@?(sha256:[0-9a-f]{64})$/
const REVISION = /^(?:arn:aws[\w-]*:ecs:[\w-]+:\d{12}:task-definition\/)?([\w-]{1,255}:\d{1,9})$/

export const wantedIn = (text: string): Wanted | Refusal => {
  const revision = REVISION.exec(text)?.[1]
  if (revision !== undefined) return { kind: 'revision', name: revision }
  const digest = DIGEST.exec(text)?.[1]
  if (digest !== undefined) return { kind: 'version', digest }
  if (TAG.test(text)) return { kind: 'version', tag: text }
  const image = readImage(text)
  if (image.tag === undefined && image.digest === undefined)
    return refuse(
      `\`${plainName(text)}\` names neither a tag nor a digest.`,
      'Write `repository:tag` or `repository@sha256:…`.',
    )
  return { kind: 'image', image }
}

/** Reads the reference of an image. A colon before a slash is the port of the registry. */
export const readImage = (text: string): Image => {
  const [, rest = text, digest] = /^(.*?)(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? []
  const [, repository = rest, tag] = /^(.*?)(?::(\w[\w.-]{0,127}))?$/.exec(rest) ?? []
  return {
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  }
}

/** The reference that is registered: the digest decides, the tag is for people. */
export const imageText = ({ repository, tag, digest }: Image): string =>
  `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`

/** `*` stands for any part of a name, without a slash. */
const matches = (pattern: string, repository: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`).test(repository)

/**
 * Whether a container runs an image of another repository than before. A new or renamed container may run what any
 * container ran.
 */
export const isOfOtherRepository = (before: readonly RevisionImage[], { container, image }: RevisionImage): boolean => {
  const old = before.filter(one => one.container === container)
  const known = old.length > 0 ? old : before
  return !known.some(one => readImage(one.image).repository === readImage(image).repository)
}

export const hasOtherRepository = (before: readonly RevisionImage[], after: readonly RevisionImage[]): boolean =>
  after.some(one => isOfOtherRepository(before, one))

/** The refusal of an image of another repository; undefined if the container may run it. `now`: what it runs. */
export const refuseRepository = (
  image: Image,
  now: Image | undefined,
  ref: ServiceRef,
  config: Config,
): Refusal | undefined => {
  if (image.repository === now?.repository || isAllowed(image.repository, ref, config)) return undefined
  return refuse(
    `*${plainName(ref.service)}* may not run images of \`${plainName(image.repository)}\`${now === undefined ? '' : `: it runs \`${plainName(now.repository)}\``}.`,
    'Your administrator can allow this repository by `deploy.from` in the configuration.',
  )
}

export const isAllowed = (repository: string, ref: ServiceRef, config: Config): boolean =>
  config.deploy.from.some(
    ({ repositories, ...scope }) =>
      fits(scope, ref, config) && repositories.some(pattern => matches(pattern, repository)),
  )
