/* global tus, XMLHttpRequest */
'use strict'

// For a page, after tus-js-client.

// A listener for the progress of an upload makes every browser send a preflight, even for a form.
function uploadPhoto (url, file, onProgress) { // eslint-disable-line no-unused-vars
  const form = new FormData()
  form.append('file', file)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.upload.onprogress = ({ loaded, total }) => { onProgress(loaded / total) }
    request.onload = () => { resolve(JSON.parse(request.responseText)) }
    request.onerror = () => { reject(new Error('the upload failed')) }
    request.open('POST', url)
    request.send(form)
  })
}

function uploadVideo (endpoint, file, onProgress) { // eslint-disable-line no-unused-vars
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(file, {
      endpoint,
      chunkSize: 5_000_000,
      onProgress: (sent, total) => { onProgress(sent / total) },
      onError: reject,
      onSuccess: () => { resolve(upload.url) }
    })
    upload.start()
  })
}
