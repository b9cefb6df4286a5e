// Finds the line of a CloudFormation template that sets a property. Templates contain secrets, so only the line number,
// the property's name, a plain number and a construct path are returned.
import { isObject, type Path, type Resource, resourcesIn } from './template.ts'

/**
 * The property that an update of the template may revert. It belongs to the service, its scalable target or an Express
 * service.
 */
export type Undone =
  | 'CapacityProviderStrategy'
  | 'DesiredCount'
  | 'TaskDefinition'
  | 'MinCapacity'
  | 'MaxCapacity'
  | 'MinTaskCount'
  | 'MaxTaskCount'

export type TemplateLine = {
  /** The line number, from 1; absent if the template does not set the property. */
  readonly line?: number
  /** The text of the line: `DesiredCount: 4`, or `DesiredCount: …` if the value is not a plain number. */
  readonly text?: string
  /** The path of the CDK construct that created the resource. */
  readonly construct?: string
}

/** Finds the line; undefined if the template cannot be parsed or has no such resource. */
export const findLine = (template: string, logicalId: string, undone: Undone): TemplateLine | undefined => {
  const resource = ownerOf(resourcesIn(template), logicalId, undone)
  const value = resource?.value()
  if (resource === undefined || !isObject(value)) return undefined
  const path = pathOf(undone)
  const line = resource.lineOf(path)
  const construct = constructOf(value)
  return {
    ...(line !== undefined && { line, text: `${undone}: ${shown(at(value, path))}` }),
    ...(construct !== undefined && { construct }),
  }
}

const pathOf = (undone: Undone): Path =>
  undone === 'MinTaskCount' || undone === 'MaxTaskCount'
    ? ['Properties', 'ScalingTarget', undone]
    : ['Properties', undone]

const at = (value: unknown, [key, ...rest]: Path): unknown => {
  if (key === undefined) return value
  return isObject(value) && Object.hasOwn(value, key) ? at(value[key], rest) : undefined
}

const SCALABLE_TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget'
/** The maximum number of scalable targets of a template that are checked. */
const MOST_TARGETS = 50

/** The resource that sets the property. For bounds, it is the service's scalable target. */
const ownerOf = (resources: readonly Resource[], logicalId: string, undone: Undone): Resource | undefined => {
  const service = resources.find(({ id }) => id === logicalId)
  if (undone !== 'MinCapacity' && undone !== 'MaxCapacity') return service
  const name = at(service?.value(), ['Properties', 'ServiceName'])
  return resources
    .filter(({ mayBe }) => mayBe(SCALABLE_TARGET))
    .filter(({ value }) => at(value(), ['Type']) === SCALABLE_TARGET)
    .slice(0, MOST_TARGETS)
    .find(({ value }) => textsIn(at(value(), ['Properties', 'ResourceId'])).some(text => isOf(text, logicalId, name)))
}

/** The deepest nesting of intrinsic functions that is read. */
const MOST_DEPTH = 20

const textsIn = (value: unknown, depth = 0): readonly string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return []
  return Object.values(value).flatMap(item => textsIn(item, depth + 1))
}

/** Whether a scalable target's ResourceId names the service, by `Ref`, `Fn::GetAtt`, `Fn::Sub` or its fixed name. */
const isOf = (value: string, logicalId: string, name: unknown): boolean => {
  const substituted = [...value.matchAll(/\$\{([\w.]+)\}/g)].map(([, inner = '']) => inner)
  const isNamed = [value, ...substituted].some(part => part.split('.')[0] === logicalId)
  return isNamed || (typeof name === 'string' && value.startsWith('service/') && value.endsWith(`/${name}`))
}

const shown = (value: unknown): string =>
  (typeof value === 'number' || typeof value === 'string') && /^\d{1,5}$/.test(String(value)) ? String(value) : '…'

/** The construct path of a resource; undefined for a text that CDK would not write. */
const constructOf = (value: unknown): string | undefined => {
  const path = at(value, ['Metadata', 'aws:cdk:path'])
  return typeof path === 'string' && /^[\w./ -]{1,100}$/.test(path) ? path : undefined
}
