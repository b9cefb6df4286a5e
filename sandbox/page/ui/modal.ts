// Renders the top modal of the person's stack of modals.
import type { OpenView } from '../../slack/types.ts'
import type { App, Part } from './app.ts'
import { renderBlocks } from './blocks.ts'
import { button, freshId, h, icon, on } from './dom.ts'
import { CLOSE } from './icons.ts'
import { enteredValues, type FieldSet, modalSurface } from './surface.ts'
import { plainText } from './text.ts'

type Shown = { readonly id: string; readonly hash: string; readonly fields: FieldSet; readonly form: HTMLFormElement }

/**
 * The elements that get the focus when a modal opens. Buttons of an actions block are not among them: the modal should open at
 * its top, and Enter must not make a decision.
 */
const focusables = 'input, select, textarea, .input-block button'

const focusFirst = (form: HTMLElement) => {
  const first =
    form.querySelector<HTMLElement>('[data-focus]') ?? form.querySelector<HTMLElement>(`.modal-body :is(${focusables})`)
  const any =
    first ?? form.querySelector<HTMLElement>('.modal-foot button') ?? form.querySelector<HTMLElement>('button')
  any?.focus()
}

/**
 * Copies typed values from the old version of a modal to the new version. Copies only values of fields whose block id and action
 * id are the same in both versions.
 */
const carryOver = (before: FieldSet, after: FieldSet): void => {
  for (const [blockId, actions] of after) {
    for (const [actionId, field] of actions) {
      const typed = before.get(blockId)?.get(actionId)
      if (typed) field.write(typed.read())
    }
  }
}

const showErrors = (form: HTMLElement, { errors, trouble }: OpenView): void => {
  let first: HTMLElement | undefined
  for (const block of form.querySelectorAll<HTMLElement>('.input-block')) {
    const error = errors[block.dataset['blockId'] ?? ''] ?? ''
    const place = block.querySelector('.field-error')
    if (place) place.textContent = error
    const control = block.querySelector<HTMLElement>('[data-action-id]')
    block.classList.toggle('wrong', error !== '')
    if (error) control?.setAttribute('aria-invalid', 'true')
    else control?.removeAttribute('aria-invalid')
    if (error) first ??= control ?? undefined
  }
  const banner = form.querySelector<HTMLElement>('.trouble')
  if (banner) {
    banner.textContent = trouble ?? ''
    banner.hidden = !trouble
  }
  first?.focus()
}

const buildForm = (open: OpenView, depth: number, app: App, fields: FieldSet): HTMLFormElement => {
  const { view } = open
  const titleId = freshId('title')
  const close = (all: boolean) => void app.act('/ui/close', { all })
  const submitLabel = view.submit ? plainText(view.submit) : ''
  const submit = submitLabel ? h('button', { type: 'submit', class: 'button primary solid' }, submitLabel) : null
  const closeLabel = plainText(view.close ?? {}) || (depth > 1 ? 'Back' : submitLabel ? 'Cancel' : 'Close')
  const form = h(
    'form',
    { class: 'modal-form', novalidate: true, 'data-title': titleId },
    h(
      'header',
      { class: 'modal-head' },
      h('h2', { id: titleId }, plainText(view.title)),
      button({ class: 'tool modal-close', 'aria-label': 'Close dialog' }, () => close(true), icon(CLOSE)),
    ),
    h('div', { class: 'trouble', role: 'alert', hidden: true }),
    h('div', { class: 'modal-body' }, renderBlocks(view.blocks, modalSurface(app, view.id, view.state.values, fields))),
    h(
      'footer',
      { class: 'modal-foot' },
      button({ class: 'button' }, () => close(false), closeLabel),
      submit,
    ),
  )
  return on(form, {
    submit: async event => {
      event.preventDefault()
      if (!submit || submit.getAttribute('aria-busy') === 'true') return
      submit.setAttribute('aria-busy', 'true')
      await app.act('/ui/submit', { viewId: view.id, values: enteredValues(fields) })
      submit.removeAttribute('aria-busy')
    },
  })
}

export const createModal = (app: App): Part => {
  const dialog = h('dialog', { class: 'modal', role: 'dialog', 'aria-modal': 'true' })
  let shown: Shown | undefined
  let before: HTMLElement | null = null
  on(dialog, {
    // Escape has the effect of the close button: it closes the whole stack of modals and notifies the app.
    cancel: event => {
      event.preventDefault()
      void app.act('/ui/close', { all: true })
    },
  })
  const hide = () => {
    shown = undefined
    if (!dialog.open) return
    dialog.close()
    dialog.replaceChildren()
    before?.focus()
  }
  const show = (open: OpenView, depth: number) => {
    const { id, hash } = open.view
    if (shown?.id !== id || shown.hash !== hash) {
      const fields: FieldSet = new Map()
      const form = buildForm(open, depth, app, fields)
      if (shown?.id === id) carryOver(shown.fields, fields)
      shown = { id, hash, fields, form }
      dialog.replaceChildren(form)
      dialog.setAttribute('aria-labelledby', form.dataset['title'] ?? '')
      if (!dialog.open) {
        before = document.activeElement instanceof HTMLElement ? document.activeElement : null
        dialog.showModal()
      }
      focusFirst(form)
    }
    showErrors(shown.form, open)
  }
  const update = () => {
    const { views } = app.store
    const top = views.at(-1)
    if (top) show(top, views.length)
    else hide()
  }
  return { element: dialog, update }
}
