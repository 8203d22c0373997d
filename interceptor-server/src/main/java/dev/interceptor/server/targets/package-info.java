/// The models that clients may ask for and the servers behind them. A model's alias and a request
/// enter; the answer of one provider leaves, with the trust that provider has and no more than the
/// limits allow.
@NullMarked
package dev.interceptor.server.targets;

import org.jspecify.annotations.NullMarked;
