import type { ReactNode } from 'react'
import { Mark } from '../../parts/Icon'
import { Pattern } from '../../parts/Pattern'
import { Toasts } from '../../parts/Toasts'

/** The frame of the pages for people who are not signed in: a picture, and beside it one form. */
export function Outside({ seed, children }: { seed: number; children: ReactNode }) {
  return (
    <div className="outsidepage">
      <div className="outsidepicture"><Pattern seed={seed} /></div>
      <main className="outsideform">
        <div>
          <div className="row accent brand"><span className="mark"><Mark /></span><span>Phosphene</span></div>
          {children}
        </div>
      </main>
      <Toasts />
    </div>
  )
}
