package dev.interceptor.server.signing;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The users whose files are taken as keys: an owner can change a file whatever its mode.
///
/// @param users their numbers
record KeyOwners(Set<Integer> users) {
  private static final int ROOT = 0;
  private static final int STICKY = 01000;

  KeyOwners {
    users = Set.copyOf(users);
  }

  /// The user of this process and root.
  static KeyOwners ofThisProcess() {
    return new KeyOwners(new HashSet<>(List.of(ROOT, Math.toIntExact(new UnixSystem().getUid()))));
  }

  /// With the owner of a directory that is changed on that owner's behalf.
  KeyOwners and(Path directory) throws IOException {
    var all = new HashSet<>(users);
    all.add(ownerOf(directory));
    return new KeyOwners(all);
  }

  /// @param what names the file or directory in the message
  void require(String what, Path file) throws IOException {
    int owner = ownerOf(file);
    if (!users.contains(owner)) {
      throw KeyFile.unusable(
          "%s `%s` belongs to user %d; give it to the user who runs this (chown) or to root"
              .formatted(what, file, owner));
    }
  }

  /// Who may write into a folder may replace what is in it, unless it is sticky.
  static void requireNoOthers(Path folder) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder);
    if (KeyFile.isWritableByOthers(mode)
        && ((int) Files.getAttribute(folder, "unix:mode") & STICKY) == 0) {
      throw KeyFile.unusable("others can replace keys in `" + folder + "`; set its mode to 0755");
    }
  }

  private static int ownerOf(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:uid");
  }
}
