import { readdirSync } from 'node:fs'
import path from 'node:path'
import CssMinimizer from 'css-minimizer-webpack-plugin'
import MiniCssExtract from 'mini-css-extract-plugin'
import BundleTracker from 'webpack-bundle-tracker'

const root = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname)

/** Every file that lies directly in src/pages is one page, and one entry of the same name. */
function pageEntries() {
  const files = readdirSync(path.join(root, 'src/pages')).filter((name) => /^\w+\.tsx?$/.test(name))
  return Object.fromEntries(files.map((name) => [name.replace(/\.tsx?$/, ''), `./src/pages/${name}`]))
}

export default (_env, { mode }) => {
  const isProduction = mode === 'production'
  return {
    context: root,
    entry: pageEntries,
    output: {
      path: path.join(root, 'dist'),
      publicPath: '/static/',
      filename: isProduction ? '[name].[contenthash:12].js' : '[name].js',
      chunkFilename: isProduction ? 'part.[contenthash:12].js' : 'part.[name].js',
      assetModuleFilename: 'asset.[contenthash:12][ext]',
      // Files of an earlier build stay: a page that was opened before an update goes on loading its parts. `make clean` removes all.
    },
    // No eval: the pages forbid it, in development too.
    devtool: isProduction ? false : 'source-map',
    resolve: { extensions: ['.ts', '.tsx', '.js'] },
    module: {
      rules: [
        {
          test: /\.tsx?$/,
          exclude: /node_modules/,
          loader: 'ts-loader',
          // Types are checked by `npm run check`; here they are only taken off.
          options: { transpileOnly: true, compilerOptions: { noEmit: false } },
        },
        { test: /\.svg$/, exclude: /favicon/, type: 'asset/resource' },
        // Named in the shell of the pages, so it keeps its name.
        { test: /favicon\.svg$/, type: 'asset/resource', generator: { filename: 'favicon.svg' } },
        { test: /\.css$/, use: [MiniCssExtract.loader, 'css-loader'] },
      ],
    },
    optimization: {
      runtimeChunk: 'single',
      moduleIds: 'deterministic',
      minimizer: ['...', new CssMinimizer()],
      splitChunks: {
        chunks: 'all',
        minSize: 12_000,
        cacheGroups: {
          react: { test: /node_modules\/(react|react-dom|scheduler)\//, name: 'react', priority: 30 },
          libraries: { test: /node_modules\//, name: (_module, chunks) => (chunks.length > 3 ? 'libraries' : undefined), priority: 20 },
          // One sheet for all pages, so that going from page to page costs no new styles.
          styles: { test: /src\/styles\/.*\.css$/, name: 'styles', type: 'css/mini-extract', enforce: true, priority: 40 },
        },
      },
    },
    plugins: [
      new MiniCssExtract({ filename: isProduction ? '[name].[contenthash:12].css' : '[name].css' }),
      new BundleTracker({ path: path.join(root, 'dist'), filename: 'webpack-stats.json', relativePath: true }),
    ],
    performance: { maxEntrypointSize: 900_000, maxAssetSize: 500_000 },
    stats: 'errors-warnings',
  }
}
