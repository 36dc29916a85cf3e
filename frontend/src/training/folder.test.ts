import { expect, test } from 'vitest'
import { leftWords, pickPictures } from './folder'

function folderOf(...paths: string[]) {
  return { name: 'faces', files: paths.map((path) => ({ path, file: new File([path.includes('empty') ? '' : path], path) })) }
}

test('pictures and labels are taken in the order of their paths, the rest is named', () => {
  const picked = pickPictures(folderOf('00001/b.PNG', 'notes.txt', '00000/a.jpeg', 'dataset.json', '00000/empty.png'))
  expect(picked.files.map(({ path }) => path)).toEqual(['dataset.json', '00000/a.jpeg', '00001/b.PNG'])
  expect(picked).toMatchObject({ name: 'faces.zip', pictures: 2, hasLabels: true, left: ['00000/empty.png', 'notes.txt'] })
})

test('labels lie at the top where all is in folders of one folder', () => {
  expect(pickPictures(folderOf('x/y/dataset.json', 'x/y/a.png')).files.map(({ path }) => path)).toEqual(['dataset.json', 'a.png'])
  // Labels of a part are no labels of the whole.
  expect(pickPictures(folderOf('x/dataset.json', 'x/a.png', 'b.png'))).toMatchObject({ hasLabels: false, left: ['x/dataset.json'] })
})

test('what was left out is said, the first of it by name', () => {
  expect(leftWords([])).toBeNull()
  expect(leftWords(['notes.txt'])).toBe('1 file is no picture that training reads and was left out: notes.txt.')
  expect(leftWords(['a', 'b', 'c', 'd'])).toBe('4 files are no pictures that training reads and were left out: a, b, c and 1 more.')
})

test('an empty folder has no pictures', () => {
  expect(pickPictures({ name: '', files: [] })).toMatchObject({ name: 'pictures.zip', pictures: 0, left: [] })
})
