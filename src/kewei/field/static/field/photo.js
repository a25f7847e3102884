// A photo as it leaves the phone: drawn anew, so that nothing the camera wrote into it comes along. Twice: a small picture
// that goes with the day's round, and the full one that follows.

const LONGEST = 1600;
const QUALITY = 0.72;
const SMALL_LONGEST = 640;
const SMALL_QUALITIES = [0.6, 0.45, 0.3];

async function drawn(picture, longest, quality) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", quality);
  });
}

// The largest and clearest that fits into so many bytes: first coarser, then smaller.
async function fitted(picture, most) {
  for (let longest = SMALL_LONGEST; longest > 60; longest = Math.round(longest * 0.8)) {
    for (const quality of SMALL_QUALITIES) {
      const blob = await drawn(picture, longest, quality);
      if (blob.size <= most) return blob;
    }
  }
  throw new Error("no small picture");
}

// {full, small}; small is null where the full picture is as small already.
export async function shrink(file, most) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const full = await drawn(picture, LONGEST, QUALITY);
    return { full, small: full.size > most ? await fitted(picture, most) : null };
  } finally {
    picture.close();
  }
}
