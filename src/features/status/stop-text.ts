// Pure: splits the reason of a stop into the step that failed, the words without names, and the image. Names of images,
// accounts, secrets and containers may contain any word, so the rules (stop-rules.ts) use only the words without names.

/** The step in the life of a task that an error name belongs to. `none`: the reason begins with no known error name. */
export type Stage = 'pull' | 'resources' | 'start' | 'memory' | 'volume' | 'runtime' | 'internal' | 'none'

export type Reason = {
  readonly stage: Stage
  /** The reason without names; each name is replaced by `…`. */
  readonly words: string
  readonly image?: string
}

/** Sources: ECS developer guide, stopped tasks error messages; the error names of amazon-ecs-agent. */
const STAGES: readonly (readonly [RegExp, Stage])[] = [
  [/^CannotPull/i, 'pull'],
  [/^OutOfMemory/i, 'memory'],
  [/^CannotStartContainer|^CannotCreateContainer/i, 'start'],
  [/^CannotCreateVolume/i, 'volume'],
  [/^ResourceInitialization/i, 'resources'],
  [/^(?:Docker|ContainerRuntime)Timeout|^ContainerRuntime|^CannotInspect|^CannotStop|^CannotDescribe/i, 'runtime'],
  [/^Internal/i, 'internal'],
]

const ERROR_NAME = /^\W*(?:(?:task ?failed ?to ?start|stopped)\W+)*([a-z]+(?:error|exception))\b/i

export const takeApart = (reason: string): Reason => {
  const text = reason.slice(0, MOST_READ)
  const name = ERROR_NAME.exec(text)?.[1] ?? ''
  const stage = STAGES.find(([pattern]) => pattern.test(name))?.[1] ?? 'none'
  const image = stage === 'pull' ? imageIn(text) : undefined
  return {
    // On Fargate, ECS reports an error at the start of a container as an error of a resource.
    stage: stage === 'resources' && /container runtime task|OCI runtime/i.test(text) ? 'start' : stage,
    words: withoutNames(text),
    ...(image !== undefined && { image }),
  }
}

/** The maximum number of characters that are read. ECS's reasons have at most 1,024. */
const MOST_READ = 2_000

/** Whether a reason says only that the task stopped. The reasons of its containers are then more specific. */
export const isGeneral = (reason: string): boolean =>
  /^\W*(?:(?:task ?failed ?to ?start|essential container(?: in task)? exited|task is stopping)\W*)?$/i.test(reason)

export const withoutNames = (text: string): string =>
  text
    .replace(STOCK, ' ')
    .replace(QUOTED, ' … ')
    .split(/\s+/)
    .map(word => (isName(word) ? '…' : word))
    .join(' ')

/** Phrases that ECS puts before every error of one kind. They name what was tried, not what failed. */
const STOCK =
  /unable to pull secrets or registry auth:?|execution resource retrieval failed:?|service call has been retried \d+ time\(s\):?/gi

/** Quoted names. An apostrophe within a word does not begin a quote. */
const QUOTED = /"[^"\n]{0,500}"|(?<!\w)'[^'\n]{1,500}'(?!\w)|‘[^’\n]{1,500}’|`[^`\n]{1,500}`/g

/** Matches words that look like names but are not. */
const WORDS = /^(?:i\/o|net\/http|oom-killed|non-zero|x509)$/i
/** An IAM action, or a reason of a placement such as RESOURCE:MEMORY. */
const CODE = /^(?:[a-z0-9-]+:[A-Z]\w+|[A-Z]+:[A-Z_]+)$/

const isName = (word: string): boolean => {
  const bare = word.replace(/^[([{]+|[)\]},.;:]+$/g, '')
  if (WORDS.test(bare) || CODE.test(bare)) return false
  return /[-_/@*]|[.:]\w|\d{4,}|\d[a-z]|[a-z]\d/i.test(bare) && /[a-z0-9]/i.test(bare)
}

/** The image of a pull, with its registry's host. */
const imageIn = (text: string): string | undefined =>
  /\b(?:ref|reference|denied for|manifest for|repository|cannot pull)\s+["'‘]?([\w.-]+[/:][\w./:@-]+)/i
    .exec(text)?.[1]
    ?.replace(/[:.]+$/, '')
    .slice(0, 200)
