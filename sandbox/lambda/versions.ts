// The published versions of durable functions, and the aliases that point to them.
import { AwsError } from '../aws/wire/service.ts'
import type { FunctionSpec } from './functions.ts'

export type Versions = ReturnType<typeof createVersions>

const LATEST = '$LATEST'

const notFound = (arn: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { status: 404 })

export const createVersions = () => {
  const published = new Map<string, { readonly versions: Set<string>; last: number }>()
  /** Each function has a first version, and the alias `live` points to its last. */
  const of = (name: string) => {
    const known = published.get(name) ?? { versions: new Set(['1']), last: 1 }
    published.set(name, known)
    return known
  }
  return {
    has: (name: string, version: string): boolean => version === LATEST || of(name).versions.has(version),
    /** The version that a qualifier stands for now. */
    resolve: ({ name, arn }: FunctionSpec, qualifier: string): string => {
      const { versions, last } = of(name)
      const version = qualifier === 'live' ? String(last) : qualifier
      if (version !== LATEST && !versions.has(version)) throw notFound(`${arn}:${qualifier}`)
      return version
    },
    /** A new version, which `live` points to from now on. */
    publish: (name: string): string => {
      const known = of(name)
      known.last += 1
      known.versions.add(String(known.last))
      return String(known.last)
    },
    /** As when somebody deletes a version that an execution still needs. */
    remove: (name: string, version: string): void => void of(name).versions.delete(version),
  }
}
