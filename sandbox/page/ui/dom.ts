// Creates elements without a framework. Data is inserted only as text nodes and attributes, never as markup.

type Attributes = { readonly [name: string]: string | number | boolean | undefined }
type Handlers = { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void }
export type Child = Node | string | false | null | undefined

const setAttributes = (element: Element, attributes: Attributes): void => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    element.setAttribute(name, value === true ? '' : String(value))
  }
}

const isChild = (child: Child): child is Node | string => child !== false && child !== null && child !== undefined

/** Creates an element, for example `h('button', { class: 'primary' }, 'Approve')`. */
export const h = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag)
  setAttributes(element, attributes)
  element.append(...children.filter(isChild))
  return element
}

export const on = <E extends HTMLElement>(element: E, handlers: Handlers): E => {
  for (const [name, handler] of Object.entries(handlers)) element.addEventListener(name, handler as EventListener)
  return element
}

export const button = (attributes: Attributes, click: (event: MouseEvent) => void, ...children: readonly Child[]) =>
  on(h('button', { type: 'button', ...attributes }, ...children), { click })

let ids = 0
/** Returns a unique id for `for`, `aria-labelledby` and similar attributes. */
export const freshId = (prefix: string): string => `${prefix}-${++ids}`

type Row = { readonly element: HTMLElement; readonly version: unknown }
const rows = new WeakMap<Element, Map<string, Row>>()

/**
 * Updates `container` so that it has one element for each item, in order. Renders an item only if its `version` has changed. If
 * the element with the focus is replaced, the new element gets the focus.
 */
export const keyed = <T>(
  container: Element,
  items: readonly T[],
  {
    key,
    version,
    render,
  }: { key: (item: T) => string; version: (item: T) => unknown; render: (item: T) => HTMLElement },
): void => {
  const before = rows.get(container) ?? new Map<string, Row>()
  const after = new Map<string, Row>()
  for (const item of items) {
    const id = key(item)
    const known = before.get(id)
    const current = version(item)
    const row: Row = known && known.version === current ? known : { element: render(item), version: current }
    if (known && known !== row) {
      const focused = known.element.contains(document.activeElement)
      known.element.replaceWith(row.element)
      if (focused) row.element.focus()
    }
    after.set(id, row)
  }
  for (const [id, row] of before) if (!after.has(id)) row.element.remove()
  let place: Element | null = container.firstElementChild
  for (const { element } of after.values()) {
    if (element === place) place = place.nextElementSibling
    else container.insertBefore(element, place)
  }
  rows.set(container, after)
}

const SVG = 'http://www.w3.org/2000/svg'

/** Creates a line icon from an SVG path on a grid of 24 by 24. */
export const icon = (path: string, className = 'icon'): SVGElement => {
  const svg = document.createElementNS(SVG, 'svg')
  setAttributes(svg, { viewBox: '0 0 24 24', class: className, 'aria-hidden': 'true' })
  const line = document.createElementNS(SVG, 'path')
  setAttributes(line, {
    d: path,
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': 1.8,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  })
  svg.append(line)
  return svg
}
