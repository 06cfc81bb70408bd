import type { Metadata } from "next";
import { Fact } from "@/components/facts";
import { podName } from "@/lib/identity";
import { listUploads } from "@/lib/uploads";
import { UploadForm } from "./upload-form";

export const metadata: Metadata = { title: "Uploads" };
export const dynamic = "force-dynamic";

export default async function UploadsPage() {
  const uploads = await listUploads();
  return (
    <>
      <h1>Read back by any pod</h1>
      <p>A file is stored once, on the file system that all pods share.</p>
      <UploadForm />
      <dl>
        <Fact id="pod" label="Listed by pod" value={podName()} />
        <Fact id="upload-count" label="Files" value={uploads.length} />
      </dl>
      <ul data-testid="uploads">
        {uploads.map(({ name, size, modified }) => (
          <li key={name}>
            <a href={`/api/uploads/${encodeURIComponent(name)}`}>{name}</a>{" "}
            <span className="soft">{`${size} bytes, ${modified}`}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
