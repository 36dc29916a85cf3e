import { useState, type FormEvent } from 'react'
import { pageData, projectId } from '../../lib/page'
import { TextField } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { patch, sentenceOf } from '../../wire/api'
import { BINNED, putProjectInBin } from '../projects/ProjectsPage'

/** The project's name, and the way to the bin. */
export function ProjectSettings() {
  const before = pageData().project?.name ?? ''
  const [name, setName] = useState(before)
  const [wrong, setWrong] = useState<string | null>(null)
  const send = (event: FormEvent): void => {
    event.preventDefault()
    // The name stands in the frame of the page, which the studio made.
    patch(`/projects/${projectId()}`, { name: name.trim() }).then(() => window.location.reload()).catch((fault: unknown) => setWrong(sentenceOf(fault)))
  }
  return (
    <>
      <form className="settingform" onSubmit={send}>
        <h2>Name</h2>
        <TextField label="Name of the project" value={name} onChange={setName} wrong={wrong} maxLength={100} />
        <div><Button type="submit" reason={!name.trim() ? 'Write a name.' : name.trim() === before ? 'Nothing is changed.' : null}>Save</Button></div>
      </form>
      <h2>Bin</h2>
      <p className="soft">The project goes to the bin with everything in it, for every member. The next page offers to bring it back.</p>
      <div><Button kind="line" icon="bin" onClick={() => putProjectInBin({ id: projectId(), name: before }, () => {
        window.sessionStorage.setItem(BINNED, JSON.stringify({ id: projectId(), name: before }))
        window.location.assign('/projects/')
      })}>Put in the bin</Button></div>
    </>
  )
}
