/// Files that operators change while the server runs.
@NullMarked
package dev.interceptor.server.files;

import org.jspecify.annotations.NullMarked;
