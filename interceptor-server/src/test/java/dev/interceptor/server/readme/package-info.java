/// What the README shows and claims, held equal to the product.
@NullMarked
package dev.interceptor.server.readme;

import org.jspecify.annotations.NullMarked;
