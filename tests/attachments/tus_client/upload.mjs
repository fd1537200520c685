// Uploads photos with the public tus client; the job stands on standard input as JSON, what became of it on output.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as tus from "tus-js-client";

const { endpoint, headers, retryDelays, photos } = JSON.parse(readFileSync(0, "utf8"));

const sha256 = (bytes, encoding) => createHash("sha256").update(bytes).digest(encoding);

function upload({ file, uuid, name, chunkSize, known, checksums, overridePatchMethod }) {
  const content = readFileSync(file);
  const requests = [];
  return new Promise((resolve) => {
    const finish = (error) => resolve({ error, requests });
    new tus.Upload(content, {
      endpoint,
      headers,
      retryDelays,
      overridePatchMethod,
      chunkSize: chunkSize ?? Infinity,
      uploadUrl: known ? `${endpoint}/${uuid}` : null,
      metadata: { uuid, filename: name, sha256: sha256(content, "hex") },
      onBeforeRequest(request) {
        const offset = Number(request.getHeader("Upload-Offset"));
        if (checksums && request.getMethod() === "PATCH") {
          const piece = content.subarray(offset, Math.min(offset + chunkSize, content.length));
          request.setHeader("Upload-Checksum", `sha256 ${sha256(piece, "base64")}`);
        }
      },
      onAfterResponse(request, response) {
        const offset = request.getHeader("Upload-Offset");
        requests.push([request.getMethod(), response.getStatus(), offset === undefined ? null : Number(offset)]);
      },
      onShouldRetry(error) {
        const status = error.originalResponse?.getStatus() ?? 0;
        return status < 400 || status >= 500 || [409, 423, 429, 460].includes(status);
      },
      onError: (error) => finish(error.message),
      onSuccess: () => finish(null),
    }).start();
  });
}

process.stdout.write(JSON.stringify(await Promise.all(photos.map(upload))));
