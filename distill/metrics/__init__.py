"""Quality scores of upscaled pictures: PSNR, SSIM, LPIPS, DISTS and NIQE. Knows neither models nor training."""
