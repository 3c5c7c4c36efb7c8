"""ReLU, depthwise and pointwise convolution, BatchNorm: one function whose BatchNorm never sees what it normalises.

A separable convolution is this twice, a dilated one once. Mean and variance of z = w h follow from those of h,

    mean z = w mean h,    var z_c = w_c cov(h) w_c^T,    cov(h) = mean(h h^T) - mean h mean h^T   [C, C]

and what BatchNorm and the mixing weight do to z is linear once they are known, so it is done to w, a matrix [C, C]:

    gain (z - mean z) / sqrt(var z + 1e-5) = w' (h - mean h),    w' = gain / sqrt(var z + 1e-5) w

The output is one matrix product that adds to the sum of its node; z itself is never made. The gradient goes the same
way: two products make dh, and what it has to know of all pixels is one matrix, mean(dy h^T). That matrix also holds the
gradients of w and of the gain. On a processor this reads and writes memory about half as often as `depthwise` and
`normalized` do, for convolutions whose channels are few beside their pixels (`benchmarks/results/search_step.md`).

Shapes: B batch, C channels, H W height and width, N = B H W / stride^2 pixels, k kernel size.
`tests/test_convolution.py` compares it with PyTorch's own in float64. Under autocast it computes in bfloat16 and sums
over pixels in float32.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function

from .depthwise import added, input_gradient, weight_gradient
from .numerics import lowered
from .operations import EPSILON, require_variance


def convolution(
    x: Tensor,
    v: Tensor,
    w: Tensor,
    gain: Tensor | None = None,
    onto: Tensor | None = None,
    stride: int = 1,
    dilation: int = 1,
    relu: bool = False,
) -> Tensor:
    """onto + gain BatchNorm(pointwise(depthwise(x))).

    Kept for backward are x, which others keep too, and with a gain also h = depthwise(x); without one h is computed
    again where weights have a gradient, and else not needed.

    Args:
        x: [B, C, H, W].
        v: depthwise filters, [C, 1, k, k], k odd; padded so that stride 1 keeps the size.
        w: the pointwise convolution, [C', C, 1, 1].
        gain: the mixing weight, [1]; None for 1.
        onto: [B, C', H/stride, W/stride], what is added; None for nothing.
        stride, dilation: of the depthwise convolution.
        relu: convolve relu(x) instead of x; relu(x) is then not kept for backward.
    Returns:
        [B, C', ceil(H/stride), ceil(W/stride)], channels last in memory.
    Raises:
        UserError: one value per channel, which has no variance.
    """
    require_variance((len(x), len(w), *(-(-size // stride) for size in x.shape[2:])))
    x, v = lowered(x, v)
    return _Convolution.apply(x, v, w, gain, onto, stride, dilation, relu)[0]


def depthwise_of(x: Tensor, v: Tensor, stride: int, dilation: int, relu: bool) -> Tensor:
    """h [B, C, H/stride, W/stride]."""
    padding = dilation * (v.shape[-1] - 1) // 2
    return F.conv2d(F.relu(x) if relu else x, v, None, stride, padding, dilation, groups=len(v))


def moments(h: Tensor) -> tuple[Tensor, Tensor]:
    """Mean [C] and covariance [C, C] over the pixels of h [B, C, H, W], in float32 at least."""
    pixels = rows(h)
    mean = pixels.mean(0)
    return mean, pixels.t() @ pixels / len(pixels) - torch.outer(mean, mean)


def rows(h: Tensor) -> Tensor:
    """Pixel by pixel, in float32 at least: [B, C, H, W] -> [N, C]; no copy of float32 in channels last."""
    pixels = h.permute(0, 2, 3, 1).flatten(0, 2)
    return pixels.to(torch.promote_types(h.dtype, torch.float32))


def picture(pixels: Tensor, like: Tensor) -> Tensor:
    """The inverse of `rows`: [N, C'] -> [B, C', H, W] with the type, B, H and W of another tensor."""
    batch, _, height, width = like.shape
    return pixels.view(batch, height, width, -1).permute(0, 3, 1, 2).to(like.dtype)


def scale_of(w: Tensor, cov: Tensor) -> Tensor:
    """1 / sqrt(var z + 1e-5): w [C', C], cov [C, C] -> [C']. Rounding may make a variance of zero negative."""
    return torch.rsqrt(((w @ cov) * w).sum(1).clamp(min=0) + EPSILON)


class _Convolution(Function):
    """See `convolution`. With u the pixels of h - mean h, p = gain / sqrt(var z + eps) and z_hat = V u, V = w sqrt(..):

        M = mean(dy z_hat) = diag(mean(dy u^T) V^T)            for each channel
        dz = p (dy - mean(dy) - z_hat M)
        dh = w^T dz,    dw = N mean(dz h^T),    dgain = N sum M

    Without a gain z_hat is the output: then u = z_hat and V = 1 will do where w needs no gradient. h and its moments
    are outputs as well, so that they carry derivatives in forward mode. Where this gradient is derived itself, they
    are computed again, so that it is a function of the inputs alone.
    """

    @staticmethod
    def forward(
        x: Tensor,
        v: Tensor,
        w: Tensor,
        gain: Tensor | None,
        onto: Tensor | None,
        stride: int,
        dilation: int,
        relu: bool,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        h = depthwise_of(x, v, stride, dilation, relu)
        mean, cov = moments(h)
        matrix = w.flatten(1).to(mean.dtype)
        scale = scale_of(matrix, cov)
        folded = (scale if gain is None else scale * gain).unsqueeze(1) * matrix
        offset = -(folded @ mean)
        if onto is None:
            y = torch.addmm(offset, rows(h), folded.t())
        else:
            y = torch.addmm(rows(onto), rows(h), folded.t()).add_(offset)
        return picture(y, h), h, mean, cov

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        x, v, w, gain, _, ctx.stride, ctx.dilation, ctx.relu = inputs
        y, h, mean, cov = output
        ctx.set_materialize_grads(False)
        ctx.of_weights = ctx.needs_input_grad[1] or ctx.needs_input_grad[2]
        keep_y = gain is None and not ctx.of_weights
        ctx.save_for_backward(x, v, w, gain, None if gain is None else h, y if keep_y else None, mean, cov)
        ctx.save_for_forward(x, v, w, gain, h, mean, cov)

    @staticmethod
    def backward(ctx: Any, dy: Tensor | None, *_: Any) -> tuple[Tensor | None, ...]:
        if dy is None:
            return (None,) * 8
        x, v, w, gain, h, z_hat, mean, cov = ctx.saved_tensors
        settings = (ctx.stride, ctx.dilation)
        derived = torch.is_grad_enabled()
        if derived or (h is None and z_hat is None):
            h = depthwise_of(x, v, *settings, ctx.relu)
        if derived:
            mean, cov = moments(h)
        matrix = w.flatten(1).to(mean.dtype)
        scale = scale_of(matrix, cov)
        p = scale if gain is None else scale * gain
        above = rows(dy)
        mean_dy = above.mean(0)
        if h is None:
            u, u_mean, to_z = rows(z_hat), torch.zeros_like(mean_dy), torch.eye(len(w), dtype=mean.dtype)
        else:
            u, u_mean, to_z = rows(h), mean, scale.unsqueeze(1) * matrix
        with_u = above.t() @ u / len(u) - torch.outer(mean_dy, u_mean)  # [C', C]
        m = (with_u * to_z).sum(1)
        dgain = None if gain is None else (len(u) * m.sum()).view(1)
        back = -(to_z.t() * (p * m)) @ matrix  # what z_hat M sends back
        offset = -(p * mean_dy) @ matrix - u_mean @ back
        dh = torch.addmm(offset, above, p.unsqueeze(1) * matrix).addmm_(u, back)
        dh = picture(dh, dy)
        dx = dv = dw = None
        if ctx.needs_input_grad[0]:
            dx = input_gradient(dh, v, x.shape, *settings)
            dx = torch.ops.aten.threshold_backward(dx, x, 0) if ctx.relu else dx
        if ctx.needs_input_grad[1]:
            dv = weight_gradient(dh, F.relu(x) if ctx.relu else x, v.shape[-1], *settings)
        if ctx.needs_input_grad[2]:
            dw = (len(u) * p).unsqueeze(1) * (with_u - (m * scale).unsqueeze(1) * (matrix @ cov))
            dw = dw.view(w.shape).to(w.dtype)
        return dx, dv, dw, dgain, dy if ctx.needs_input_grad[4] else None, None, None, None

    @staticmethod
    def jvp(
        ctx: Any,
        dx: Tensor | None,
        dv: Tensor | None,
        dw: Tensor | None,
        dgain: Tensor | None,
        donto: Tensor | None,
        *_: None,
    ) -> tuple[Tensor, ...]:
        x, v, w, gain, h, mean, cov = ctx.saved_tensors
        settings = (ctx.stride, ctx.dilation)
        moves = []
        if dx is not None:
            moved = torch.ops.aten.threshold_backward(dx, x, 0) if ctx.relu else dx
            moves.append(depthwise_of(moved, v, *settings, False))
        if dv is not None:
            moves.append(depthwise_of(x, dv, *settings, ctx.relu))
        dh = added(moves) if moves else torch.zeros_like(h)
        dmean = rows(dh).mean(0)
        half = rows(dh).t() @ rows(h) / len(rows(h)) - torch.outer(dmean, mean)
        dcov = half + half.t()
        matrix = w.flatten(1).to(mean.dtype)
        dmatrix = torch.zeros_like(matrix) if dw is None else dw.flatten(1).to(mean.dtype)
        scale = scale_of(matrix, cov)
        dvariance = (((2 * dmatrix) @ cov + matrix @ dcov) * matrix).sum(1)
        dscale = -0.5 * scale.pow(3) * dvariance
        p, dp = (scale, dscale) if gain is None else (scale * gain, dscale * gain)
        dp = dp if dgain is None else dp + scale * dgain
        folded = p.unsqueeze(1) * matrix
        dfolded = dp.unsqueeze(1) * matrix + p.unsqueeze(1) * dmatrix
        offset = -(dfolded @ mean) - folded @ dmean
        dy = torch.addmm(offset, rows(dh), folded.t()).addmm_(rows(h), dfolded.t())
        dy = dy if donto is None else dy.add_(rows(donto))
        return picture(dy, h), dh, dmean, dcov
