/** Boundary: a page that breaks keeps a sentence and a way on, instead of going blank. */
import { Component, type ReactNode } from 'react'

interface State {
  fault: Error | null
}

export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { fault: null }

  static getDerivedStateFromError(fault: Error): State {
    return { fault }
  }

  override render(): ReactNode {
    const { fault } = this.state
    if (fault === null) return this.props.children
    return (
      <main className="middle">
        <div className="empty" role="alert">
          <h1>This page ran into a fault of its own</h1>
          <p className="soft">Nothing that was saved is lost. Load the page again; if it happens again, tell whoever runs this studio: <span className="mono">{fault.message}</span></p>
          <div className="row">
            <a className="btn primary" href={window.location.href}>Load it again</a>
            <a className="btn quiet" href="/">Home</a>
          </div>
        </div>
      </main>
    )
  }
}
