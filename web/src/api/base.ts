// Where the API is: beside this document, whatever prefix a reverse proxy puts before it.

/** The address of a request, from its path below the document's folder (no leading slash). */
export function address(path: string): string {
  return new URL(path, new URL('.', document.baseURI)).href;
}
