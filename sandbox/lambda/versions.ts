// The published versions of durable functions, the code that each version runs, and the alias `live`.
import { AwsError } from '../aws/wire/service.ts'
import type { FunctionSpec } from './functions.ts'

export type Versions = ReturnType<typeof createVersions>

/** The versions of a function. `files`: the built handler of each version. `latest`: the built handler of `$LATEST`. */
type Published = { readonly files: Map<string, string>; last: number; latest: string }

const LATEST = '$LATEST'

const notFound = (arn: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { status: 404 })

export const createVersions = () => {
  const functions = new Map<string, Published>()
  /** The versions of a function. Initially there is only version 1, and the alias `live` points to version 1. */
  const publishedOf = ({ name, file }: FunctionSpec): Published => {
    const published = functions.get(name) ?? { files: new Map([['1', file]]), last: 1, latest: file }
    functions.set(name, published)
    return published
  }
  /** The built handler of a version; undefined if the version does not exist. */
  const fileOf = (spec: FunctionSpec, version: string): string | undefined => {
    const { files, latest } = publishedOf(spec)
    return version === LATEST ? latest : files.get(version)
  }
  return {
    fileOf,
    /** Returns the version to which a qualifier (a version or an alias) points now. Throws if it does not exist. */
    resolve: (spec: FunctionSpec, qualifier: string): string => {
      const version = qualifier === 'live' ? String(publishedOf(spec).last) : qualifier
      if (fileOf(spec, version) === undefined) throw notFound(`${spec.arn}:${qualifier}`)
      return version
    },
    /** Publishes `file` as a new version, to which the alias `live` then points. `spec`: the function before the change. */
    publish: (spec: FunctionSpec, file = spec.file): string => {
      const published = publishedOf(spec)
      published.last += 1
      published.latest = file
      published.files.set(String(published.last), file)
      return String(published.last)
    },
    /** Deletes a version, even if an execution still needs it. */
    remove: (name: string, version: string): void => void functions.get(name)?.files.delete(version),
  }
}
