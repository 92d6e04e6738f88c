"""The only room that reads glTF: from a file nobody vouches for to a checked `FaceAsset`, or one clear line."""
