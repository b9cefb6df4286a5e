// Small checks from which the schemas of Slack's objects are composed. A problem is Slack's error text with a JSON pointer.
import { isJson } from './json.ts'

export type Problems = string[]
export type Check = (value: unknown, at: string, problems: Problems) => void
export type Shape = { readonly [field: string]: Check }

export const addProblem = (problems: Problems, text: string, at: string): void => {
  problems.push(`[ERROR] ${text} [json-pointer:${at}]`)
}

/** The length of a text as Slack counts it: in characters, not in UTF-16 units. */
export const lengthOf = (text: string): number => [...text].length

type Bounds = { readonly min?: number; readonly max?: number; readonly like?: RegExp }

export const text =
  ({ min = 1, max = Number.POSITIVE_INFINITY, like }: Bounds = {}): Check =>
  (value, at, problems) => {
    if (typeof value !== 'string') return addProblem(problems, 'must be a string', at)
    const length = lengthOf(value)
    if (length > max) addProblem(problems, `must be less than ${max + 1} characters`, at)
    else if (length < min) addProblem(problems, `must be more than ${min - 1} characters`, at)
    else if (like && !like.test(value)) addProblem(problems, 'failed to match the expected format', at)
  }

export const flag: Check = (value, at, problems) => {
  if (typeof value !== 'boolean') addProblem(problems, 'must be a boolean', at)
}

export const number =
  ({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, whole = true } = {}): Check =>
  (value, at, problems) => {
    if (typeof value !== 'number' || (whole && !Number.isInteger(value))) {
      return addProblem(problems, whole ? 'must be an integer' : 'must be a number', at)
    }
    if (value < min) addProblem(problems, `must be at least ${min}`, at)
    if (value > max) addProblem(problems, `must be no more than ${max}`, at)
  }

export const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value, at, problems) => {
    if (!allowed.includes(value)) addProblem(problems, 'must be a valid enum value', at)
  }

export const list =
  (item: Check, { min = 0, max = Number.POSITIVE_INFINITY }: Bounds = {}): Check =>
  (value, at, problems) => {
    if (!Array.isArray(value)) return addProblem(problems, 'must be an array', at)
    if (value.length > max) return addProblem(problems, `no more than ${max} items allowed`, at)
    if (value.length < min) return addProblem(problems, `no fewer than ${min} items allowed`, at)
    value.forEach((one, index) => {
      item(one, `${at}/${index}`, problems)
    })
  }

/** A check for an object that has all required fields, and no fields other than the required and optional ones. */
export const shape =
  (required: Shape, optional: Shape = {}): Check =>
  (value, at, problems) => {
    if (!isJson(value)) return addProblem(problems, 'must be an object', at)
    for (const [field, check] of Object.entries(required)) {
      if (value[field] === undefined) addProblem(problems, `missing required field: ${field}`, at)
      else check(value[field], `${at}/${field}`, problems)
    }
    for (const [field, check] of Object.entries(optional)) {
      if (value[field] !== undefined) check(value[field], `${at}/${field}`, problems)
    }
    for (const field of Object.keys(value)) {
      const known = Object.hasOwn(required, field) || Object.hasOwn(optional, field)
      if (!known) addProblem(problems, `invalid additional property: ${field}`, at)
    }
  }

/** A check for an object. The value of `type` selects the check of its other fields. */
export const byType =
  (checks: { readonly [type: string]: Check }): Check =>
  (value, at, problems) => {
    if (!isJson(value)) return addProblem(problems, 'must be an object', at)
    const type = value['type']
    if (type === undefined) return addProblem(problems, 'missing required field: type', at)
    const check = typeof type === 'string' && Object.hasOwn(checks, type) ? checks[type] : undefined
    if (!check) return addProblem(problems, `unsupported type: ${String(type)}`, `${at}/type`)
    check(value, at, problems)
  }

export const all =
  (...checks: readonly Check[]): Check =>
  (value, at, problems) => {
    for (const check of checks) check(value, at, problems)
  }

export const type = oneOf as (name: string) => Check
